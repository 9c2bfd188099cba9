import { getTranslations } from "next-intl/server";
import { DialogActions } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { BoxIcon } from "@/components/ui/icons";
import { Badge, Panel } from "@/components/ui/layout";
import { Pager } from "@/components/ui/pager";
import { RowMenu, type RowAction } from "@/components/ui/row-menu";
import { EmptyState, ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { Cell, Table } from "@/components/ui/table";
import { When } from "@/components/ui/when";
import { mayHere } from "@/features/shell/data";
import type { Schema } from "@/lib/api/problem";
import { read, tenantSession } from "@/lib/session/current";
import { CreateProject } from "./create";

export async function ProjectList({ slug, cursor }: { slug: string; cursor?: string }) {
  const { api, tenantId } = await tenantSession(slug);
  const [t, result, editable] = await Promise.all([
    getTranslations("projects"),
    read(api.GET("/api/v1/tenants/{tenant}/projects", { params: { path: { tenant: tenantId }, query: { cursor } } })),
    mayHere(slug, "content.write"),
  ]);
  if (!result.ok) {
    return (
      <Panel flush>
        <ProblemState problem={result.problem} />
      </Panel>
    );
  }
  if (result.value.items.length === 0) {
    return (
      <Panel flush>
        <EmptyState icon={BoxIcon} title={t("empty")} text={editable ? t("emptyText") : t("emptyReader")}>
          <CreateProject slug={slug} />
        </EmptyState>
      </Panel>
    );
  }

  const actionsOf = (project: Schema<"Project">): RowAction[] => [
    {
      key: "rename",
      label: t("rename"),
      title: t("renameTitle"),
      content: (
        <Form action={`/api/tenants/${slug}/projects/${project.id}/rename`}>
          {/* What was read decides what is overwritten: the API refuses when somebody was faster. */}
          <input type="hidden" name="version" value={project.version} />
          <TextField name="name" label={t("name")} defaultValue={project.name} required maxLength={80} />
          <DialogActions cancel={t("cancel")}>
            <Submit>{t("save")}</Submit>
          </DialogActions>
        </Form>
      ),
    },
    {
      key: "archive",
      label: t("archive"),
      title: t("archiveTitle", { name: project.name }),
      text: t("archiveText"),
      danger: true,
      content: (
        <Form action={`/api/tenants/${slug}/projects/${project.id}/archive`}>
          <DialogActions cancel={t("cancel")}>
            <Submit variant="danger">{t("archive")}</Submit>
          </DialogActions>
        </Form>
      ),
    },
  ];

  const columns = [
    { key: "name", label: t("name") },
    { key: "status", label: t("status") },
    { key: "created", label: t("created"), narrow: true },
    { key: "actions", label: t("actions"), hidden: true, align: "right" as const },
  ];
  return (
    <Panel flush>
      <Table caption={t("title")} columns={columns}>
        {result.value.items.map((project) => (
          <tr key={project.id}>
            <Cell head>
              <span className={`font-medium ${project.archived_at ? "text-muted" : ""}`}>{project.name}</span>
            </Cell>
            <Cell>
              {project.archived_at ? <Badge>{t("archived")}</Badge> : <Badge tone="success">{t("active")}</Badge>}
            </Cell>
            <Cell narrow>
              <span className="text-muted">
                <When at={project.created_at} date />
              </span>
            </Cell>
            <Cell align="right">
              {editable && !project.archived_at ? (
                <RowMenu label={t("actionsFor", { name: project.name })} actions={actionsOf(project)} />
              ) : null}
            </Cell>
          </tr>
        ))}
      </Table>
      <Pager path={`/${slug}/projects`} cursor={cursor} next={result.value.next_cursor} />
    </Panel>
  );
}
