import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Reset } from "@/features/auth/reset";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("reset"))("title") };
}

export default async function ResetPage({ searchParams }: PageProps<"/reset">) {
  const { token } = await searchParams;
  return <Reset token={typeof token === "string" && token !== "" ? token : null} />;
}
