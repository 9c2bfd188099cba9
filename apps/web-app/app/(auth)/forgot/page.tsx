import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Forgot } from "@/features/auth/reset";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("forgot"))("title") };
}

export default function ForgotPage() {
  return <Forgot />;
}
