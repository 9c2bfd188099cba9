import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageHeader } from "@/components/ui/layout";
import { Security } from "@/features/account/security";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("security"))("title") };
}

export default async function Page() {
  const t = await getTranslations("security");
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <Security />
    </>
  );
}
