import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
import { RecentEvents } from "@/features/audit/recent";
import { Figures, FiguresSkeleton } from "@/features/dashboard/figures";
import { Onboarding } from "@/features/dashboard/onboarding";
import { People } from "@/features/dashboard/people";
import { tenantSummary } from "@/features/shell/data";

export async function generateMetadata({ params }: PageProps<"/[tenant]">): Promise<Metadata> {
  const [{ tenant }, t] = await Promise.all([params, getTranslations("dashboard")]);
  return { title: (await tenantSummary(tenant))?.name ?? t("title") };
}

export default async function DashboardPage({ params }: PageProps<"/[tenant]">) {
  const [{ tenant: slug }, t] = await Promise.all([params, getTranslations("dashboard")]);
  const summary = await tenantSummary(slug);
  return (
    <>
      <PageHeader title={summary?.name ?? slug} text={t("text")} />
      <div className="grid gap-6">
        <Suspense fallback={<FiguresSkeleton />}>
          <Figures slug={slug} />
        </Suspense>
        <Suspense>
          <Onboarding slug={slug} />
        </Suspense>
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <Suspense fallback={<Panel title={t("activity")} flush><RowsSkeleton rows={6} /></Panel>}>
            <RecentEvents slug={slug} />
          </Suspense>
          <Suspense fallback={<Panel title={t("members")} flush><RowsSkeleton rows={4} /></Panel>}>
            <People slug={slug} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
