import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
import { InviteButton, InviteList } from "@/features/members/invites";
import { MemberList } from "@/features/members/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("members"))("title") };
}

export default async function MembersPage({ params, searchParams }: PageProps<"/[tenant]/members">) {
  const [{ tenant }, { cursor }, t] = await Promise.all([params, searchParams, getTranslations("members")]);
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} actions={<InviteButton slug={tenant} answersLink />} />
      <div className="grid gap-6">
        <Suspense fallback={<Panel title={t("people")} flush><RowsSkeleton /></Panel>}>
          <MemberList slug={tenant} cursor={typeof cursor === "string" ? cursor : undefined} />
        </Suspense>
        <Suspense fallback={<Panel title={t("invites")} flush><RowsSkeleton rows={3} /></Panel>}>
          <InviteList slug={tenant} />
        </Suspense>
      </div>
    </>
  );
}
