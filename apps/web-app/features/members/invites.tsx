import { getTranslations } from "next-intl/server";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { IdempotencyKey, SelectField, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { MailIcon, PlusIcon } from "@/components/ui/icons";
import { Badge, Panel } from "@/components/ui/layout";
import { RowMenu } from "@/components/ui/row-menu";
import { EmptyState, ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { Cell, Table } from "@/components/ui/table";
import { When } from "@/components/ui/when";
import { mayHere, tenantSummary } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";
import { read, tenantSession } from "@/lib/session/current";
import { grantableRoles } from "./roles";

export async function InviteButton({ slug, answersLink = false }: { slug: string; answersLink?: boolean }) {
  const [t, roles, fields, allowed, summary, state] = await Promise.all([
    getTranslations("members"),
    getTranslations("roles"),
    getTranslations("fields"),
    mayHere(slug, "members.manage"),
    tenantSummary(slug),
    formState("invite-member"),
  ]);
  if (!allowed) return null;
  return (
    <Dialog
      trigger={<><PlusIcon />{t("invite")}</>}
      triggerLook={{ variant: answersLink ? "primary" : "secondary" }}
      title={t("inviteTitle")}
      text={t("inviteText")}
      openWhen={answersLink ? "invite" : undefined}
    >
      <Form action={`/api/tenants/${slug}/invites`} state={state}>
        <IdempotencyKey value={crypto.randomUUID()} />
        <TextField name="email" type="email" label={fields("email")} autoComplete="off" required />
        <SelectField
          name="role"
          label={t("role")}
          hint={t("roleHint")}
          defaultValue="member"
          options={grantableRoles(summary?.role).map((role) => ({ value: role, label: roles(role) }))}
        />
        <DialogActions cancel={t("cancel")}>
          <Submit>{t("sendInvite")}</Submit>
        </DialogActions>
      </Form>
    </Dialog>
  );
}

const tones = { pending: "warning", accepted: "success", revoked: "neutral", expired: "neutral" } as const;

export async function InviteList({ slug }: { slug: string }) {
  if (!(await mayHere(slug, "members.manage"))) return null;
  const { api, tenantId } = await tenantSession(slug);
  const [t, roles, statuses, result] = await Promise.all([
    getTranslations("members"),
    getTranslations("roles"),
    getTranslations("inviteStatus"),
    read(api.GET("/api/v1/tenants/{tenant}/invites", { params: { path: { tenant: tenantId }, query: { limit: 100 } } })),
  ]);
  const columns = [
    { key: "email", label: t("invitee") },
    { key: "role", label: t("role"), narrow: true },
    { key: "status", label: t("status") },
    { key: "expires", label: t("expires"), narrow: true },
    { key: "actions", label: t("actions"), hidden: true, align: "right" as const },
  ];
  return (
    <Panel title={t("invites")} flush>
      {!result.ok ? (
        <ProblemState problem={result.problem} />
      ) : result.value.items.length === 0 ? (
        <EmptyState icon={MailIcon} title={t("noInvites")} text={t("noInvitesText")}>
          <InviteButton slug={slug} />
        </EmptyState>
      ) : (
        <Table caption={t("invites")} columns={columns}>
          {result.value.items.map((invite) => (
            <tr key={invite.id}>
              <Cell head>
                <div className="max-w-44 truncate font-medium sm:max-w-xs">{invite.email}</div>
                {invite.invited_by_name ? <div className="text-sm text-muted">{t("invitedBy", { name: invite.invited_by_name })}</div> : null}
              </Cell>
              <Cell narrow>{roles(invite.role)}</Cell>
              <Cell>
                <Badge tone={tones[invite.status]}>{statuses(invite.status)}</Badge>
              </Cell>
              <Cell narrow>
                <span className="text-muted">{invite.status === "pending" ? <When at={invite.expires_at} /> : "–"}</span>
              </Cell>
              <Cell align="right">
                {invite.status === "pending" ? (
                  <RowMenu
                    label={t("actionsFor", { name: invite.email })}
                    actions={[
                      {
                        key: "revoke",
                        label: t("revoke"),
                        title: t("revokeTitle"),
                        text: t("revokeText", { email: invite.email }),
                        danger: true,
                        content: (
                          <Form action={`/api/tenants/${slug}/invites/${invite.id}/revoke`}>
                            <DialogActions cancel={t("cancel")}>
                              <Submit variant="danger">{t("revoke")}</Submit>
                            </DialogActions>
                          </Form>
                        ),
                      },
                    ]}
                  />
                ) : null}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
