import { getTranslations } from "next-intl/server";
import { AppLink } from "@/components/ui/app-link";
import { IdempotencyKey, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { ChevronRightIcon } from "@/components/ui/icons";
import { Avatar, Badge } from "@/components/ui/layout";
import { ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { me, tenants } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";
import { settings } from "@/lib/settings";

/** Choose a workspace, or found one. */
export async function SelectTenant() {
  const [t, roles, fields, person, list, state] = await Promise.all([
    getTranslations("select"),
    getTranslations("roles"),
    getTranslations("fields"),
    me(),
    tenants(),
    formState("create-tenant"),
  ]);
  const known = list.ok ? list.value.items : [];
  const first = list.ok && known.length === 0;
  return (
    <div className="grid w-full max-w-md gap-6">
      <div>
        <h1 className="text-xl font-semibold">{first ? t("titleFirst") : t("title")}</h1>
        <p className="mt-1 text-muted">{person.ok ? t("as", { email: person.value.email }) : null}</p>
      </div>
      {list.ok ? null : (
        <div className="rounded-lg border border-line bg-surface">
          <ProblemState problem={list.problem} />
        </div>
      )}
      {known.length > 0 ? (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface shadow-xs">
          {known.map((tenant) => (
            <li key={tenant.id}>
              <AppLink href={`/${tenant.slug}`} className="flex items-center gap-3 px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2">
                <Avatar name={tenant.name} square />
                <span className="min-w-0 grow">
                  <span className="block truncate font-medium">{tenant.name}</span>
                  <span className="block truncate text-sm text-faint">/{tenant.slug}</span>
                </span>
                <Badge>{roles(tenant.role)}</Badge>
                <ChevronRightIcon className="text-faint" />
              </AppLink>
            </li>
          ))}
        </ul>
      ) : null}
      <section className="rounded-lg border border-line bg-surface p-5 shadow-xs" aria-labelledby="create">
        <h2 id="create" className="font-semibold">
          {t("create")}
        </h2>
        <p className="mt-0.5 mb-4 text-sm text-muted">{first ? t("createFirstText") : t("createText")}</p>
        <Form action="/api/tenants" state={state} hard>
          <IdempotencyKey value={crypto.randomUUID()} />
          <TextField name="name" label={fields("workspaceName")} required maxLength={80} autoComplete="organization" />
          <TextField
            name="slug"
            label={fields("slug")}
            hint={t("slugHint", { address: `${settings().publicUrl.host}/…` })}
            maxLength={40}
            autoCapitalize="none"
            spellCheck={false}
          />
          <Submit>{t("submit")}</Submit>
        </Form>
      </section>
      <Form action="/api/auth/sign-out" hard className="justify-items-center">
        <Submit variant="ghost">{t("signOut")}</Submit>
      </Form>
    </div>
  );
}
