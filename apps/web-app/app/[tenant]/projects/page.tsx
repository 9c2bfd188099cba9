import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader, Panel } from "@/components/ui/layout";
import { RowsSkeleton } from "@/components/ui/states";
import { CreateProject } from "@/features/projects/create";
import { ProjectList } from "@/features/projects/list";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("projects"))("title") };
}

export default async function ProjectsPage({ params, searchParams }: PageProps<"/[tenant]/projects">) {
  const [{ tenant }, { cursor }, t] = await Promise.all([params, searchParams, getTranslations("projects")]);
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} actions={<CreateProject slug={tenant} answersLink />} />
      <Suspense fallback={<Panel flush><RowsSkeleton /></Panel>}>
        <ProjectList slug={tenant} cursor={typeof cursor === "string" ? cursor : undefined} />
      </Suspense>
    </>
  );
}
