import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
import { SessionList } from "@/features/account/sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("sessions"))("title") };
}

export default async function SessionsPage({ searchParams }: PageProps<"/account/sessions">) {
  const [{ cursor }, t] = await Promise.all([searchParams, getTranslations("sessions")]);
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <Suspense fallback={<Panel title={t("list")} flush><RowsSkeleton rows={3} /></Panel>}>
        <SessionList cursor={typeof cursor === "string" ? cursor : undefined} />
      </Suspense>
    </>
  );
}
