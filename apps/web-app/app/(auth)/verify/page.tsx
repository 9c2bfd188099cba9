import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AwaitEmail, ConfirmEmail } from "@/features/auth/verify";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("verify"))("title") };
}

export default async function VerifyPage({ searchParams }: PageProps<"/verify">) {
  const { token } = await searchParams;
  return typeof token === "string" && token !== "" ? <ConfirmEmail token={token} /> : <AwaitEmail />;
}
