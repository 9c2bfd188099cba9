import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
import { Profile } from "@/features/account/profile";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("profile"))("title") };
}

export default async function Page() {
  const t = await getTranslations("profile");
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <Suspense fallback={<Panel title={t("name")} flush><RowsSkeleton rows={3} /></Panel>}>
        <Profile />
      </Suspense>
    </>
  );
}
