import { getTranslations } from "next-intl/server";
import { SelectField } from "@/components/ui/field";
import { DialogActions } from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import { Avatar, Badge, Panel } from "@/components/ui/layout";
import { Pager } from "@/components/ui/pager";
import { RowMenu, type RowAction } from "@/components/ui/row-menu";
import { ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { Cell, Table } from "@/components/ui/table";
import { When } from "@/components/ui/when";
import { mayHere, tenantSummary } from "@/features/shell/data";
import type { Schema } from "@/lib/api/problem";
import { read, tenantSession } from "@/lib/session/current";
import { grantableRoles } from "./roles";

export async function MemberList({ slug, cursor }: { slug: string; cursor?: string }) {
  const { api, tenantId, userId } = await tenantSession(slug);
  const [t, roles, result, manage, summary] = await Promise.all([
    getTranslations("members"),
    getTranslations("roles"),
    read(api.GET("/api/v1/tenants/{tenant}/members", { params: { path: { tenant: tenantId }, query: { cursor } } })),
    mayHere(slug, "members.manage"),
    tenantSummary(slug),
  ]);
  if (!result.ok) {
    return (
      <Panel title={t("people")} flush>
        <ProblemState problem={result.problem} />
      </Panel>
    );
  }

  const options = grantableRoles(summary?.role).map((role) => ({ value: role, label: roles(role) }));
  const actionsOf = (member: Schema<"Member">): RowAction[] => {
    const self = member.user_id === userId;
    const path = `/api/tenants/${slug}/members/${member.user_id}`;
    const name = member.display_name;
    const change: RowAction = {
      key: "role",
      label: t("changeRole"),
      title: t("changeRoleOf", { name }),
      text: t("changeRoleText"),
      content: (
        <Form action={`${path}/role`}>
          <SelectField name="role" label={t("role")} defaultValue={member.role} options={options} />
          <DialogActions cancel={t("cancel")}>
            <Submit>{t("save")}</Submit>
          </DialogActions>
        </Form>
      ),
    };
    const remove: RowAction = {
      key: "remove",
      label: self ? t("leave") : t("remove"),
      title: self ? t("leaveTitle") : t("removeTitle", { name }),
      text: self ? t("leaveText") : t("removeText", { name }),
      danger: true,
      content: (
        <Form action={`${path}/remove`} hard={self}>
          <input type="hidden" name="self" value={self ? "1" : ""} />
          <DialogActions cancel={t("cancel")}>
            <Submit variant="danger">{self ? t("leave") : t("remove")}</Submit>
          </DialogActions>
        </Form>
      ),
    };
    const outranked = member.role === "owner" && summary?.role !== "owner";
    if (self) return manage ? [change, remove] : [remove];
    return manage && !outranked ? [change, remove] : [];
  };

  const columns = [
    { key: "name", label: t("person") },
    { key: "role", label: t("role") },
    { key: "joined", label: t("joined"), narrow: true },
    { key: "actions", label: t("actions"), hidden: true, align: "right" as const },
  ];
  return (
    <Panel title={t("people")} flush>
      <Table caption={t("people")} columns={columns}>
        {result.value.items.map((member) => {
          const actions = actionsOf(member);
          return (
            <tr key={member.user_id}>
              <Cell head>
                <div className="flex items-center gap-3">
                  <Avatar name={member.display_name} />
                  <div className="min-w-0">
                    <div className="flex items-center gap-2 font-medium">
                      <span className="truncate">{member.display_name}</span>
                      {member.user_id === userId ? <Badge tone="accent">{t("you")}</Badge> : null}
                    </div>
                    <div className="max-w-36 truncate text-sm text-muted sm:max-w-none">{member.email}</div>
                  </div>
                </div>
              </Cell>
              <Cell>{roles(member.role)}</Cell>
              <Cell narrow>
                <span className="text-muted">
                  <When at={member.joined_at} date />
                </span>
              </Cell>
              <Cell align="right">
                {actions.length > 0 ? <RowMenu label={t("actionsFor", { name: member.display_name })} actions={actions} /> : null}
              </Cell>
            </tr>
          );
        })}
      </Table>
      <Pager path={`/${slug}/members`} cursor={cursor} next={result.value.next_cursor} />
    </Panel>
  );
}
