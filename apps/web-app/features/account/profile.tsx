import { getTranslations } from "next-intl/server";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Badge, Panel } from "@/components/ui/layout";
import { ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { When } from "@/components/ui/when";
import { me } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";

export async function Profile() {
  const [t, fields, person, state] = await Promise.all([getTranslations("profile"), getTranslations("fields"), me(), formState("profile")]);
  if (!person.ok) {
    return (
      <Panel flush>
        <ProblemState problem={person.problem} />
      </Panel>
    );
  }
  const user = person.value;
  return (
    <div className="grid gap-6">
      <Panel title={t("name")} text={t("nameText")}>
        <Form action="/api/account/profile" state={state} className="max-w-md justify-items-start [&>div]:w-full">
          <TextField key={user.display_name} name="display_name" label={fields("displayName")} defaultValue={user.display_name} autoComplete="name" required maxLength={80} />
          <Submit>{t("save")}</Submit>
        </Form>
      </Panel>
      <Panel title={t("account")} flush>
        <dl className="divide-y divide-line">
          <div className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[10rem_1fr]">
            <dt className="text-sm text-muted">{fields("email")}</dt>
            <dd className="flex flex-wrap items-center gap-2">
              <span className="break-all">{user.email}</span>
              <Badge tone={user.email_verified ? "success" : "warning"}>{user.email_verified ? t("verified") : t("unverified")}</Badge>
            </dd>
          </div>
          <div className="grid gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[10rem_1fr]">
            <dt className="text-sm text-muted">{t("since")}</dt>
            <dd>
              <When at={user.created_at} date />
            </dd>
          </div>
        </dl>
      </Panel>
    </div>
  );
}
