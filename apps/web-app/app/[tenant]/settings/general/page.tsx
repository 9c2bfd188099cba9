import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageHeader } from "@/components/ui/layout";
import { GeneralSettings } from "@/features/tenants/general";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("general"))("title") };
}

export default async function Page({ params }: PageProps<"/[tenant]/settings/general">) {
  const { tenant } = await params;
  const t = await getTranslations("general");
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <GeneralSettings slug={tenant} />
    </>
  );
}
