import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
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
      <Suspense fallback={<Panel title={t("name")} flush><RowsSkeleton rows={3} /></Panel>}>
        <GeneralSettings slug={tenant} />
      </Suspense>
    </>
  );
}
