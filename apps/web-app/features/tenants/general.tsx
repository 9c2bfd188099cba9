import { getTranslations } from "next-intl/server";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Badge, Panel } from "@/components/ui/layout";
import { ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { When } from "@/components/ui/when";
import { mayHere } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";
import { read, tenantSession } from "@/lib/session/current";
import { settings } from "@/lib/settings";

export async function GeneralSettings({ slug }: { slug: string }) {
  const { api, tenantId } = await tenantSession(slug);
  const [t, fields, statuses, result, state, editable] = await Promise.all([
    getTranslations("general"),
    getTranslations("fields"),
    getTranslations("tenantStatus"),
    read(api.GET("/api/v1/tenants/{tenant}", { params: { path: { tenant: tenantId } } })),
    formState("rename-tenant"),
    mayHere(slug, "tenant.manage"),
  ]);
  if (!result.ok) {
    return (
      <Panel flush>
        <ProblemState problem={result.problem} />
      </Panel>
    );
  }
  const tenant = result.value;
  const facts = [
    { term: t("address"), value: <span className="font-mono text-sm break-all">{`${settings().publicUrl.host}/${tenant.slug}`}</span> },
    { term: t("id"), value: <span className="font-mono text-sm break-all">{tenant.id}</span> },
    { term: t("status"), value: <Badge tone={tenant.status === "active" ? "success" : "warning"}>{statuses(tenant.status)}</Badge> },
    { term: t("created"), value: <When at={tenant.created_at} date /> },
  ];
  return (
    <div className="grid gap-6">
      <Panel title={t("name")} text={editable ? t("nameText") : t("readOnly")}>
        {editable ? (
          <Form action={`/api/tenants/${slug}/general`} state={state} className="max-w-md justify-items-start [&>div]:w-full">
            {/* What was read decides what is overwritten: the API refuses when somebody was faster. */}
            <input type="hidden" name="version" value={tenant.version} />
            <TextField key={tenant.version} name="name" label={fields("workspaceName")} defaultValue={tenant.name} required maxLength={80} />
            <Submit>{t("save")}</Submit>
          </Form>
        ) : (
          <p className="font-medium">{tenant.name}</p>
        )}
      </Panel>
      <Panel title={t("facts")} flush>
        <dl className="divide-y divide-line">
          {facts.map((fact) => (
            <div key={fact.term} className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[10rem_1fr]">
              <dt className="text-sm text-muted">{fact.term}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  );
}
