import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageHeader } from "@/components/ui/layout";
import { Profile } from "@/features/account/profile";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("profile"))("title") };
}

export default async function Page() {
  const t = await getTranslations("profile");
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <Profile />
    </>
  );
}
