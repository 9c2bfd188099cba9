import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageHeader } from "@/components/ui/layout";
import { SessionList } from "@/features/account/sessions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("sessions"))("title") };
}

export default async function SessionsPage({ searchParams }: PageProps<"/account/sessions">) {
  const [{ cursor }, t] = await Promise.all([searchParams, getTranslations("sessions")]);
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} />
      <SessionList cursor={typeof cursor === "string" ? cursor : undefined} />
    </>
  );
}
