import { getTranslations } from "next-intl/server";
import { PasswordField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/layout";
import { Submit } from "@/components/ui/submit";
import { me } from "@/features/shell/data";
import { formState } from "@/lib/http/form-state";

export async function Security() {
  const [t, fields, person, state] = await Promise.all([getTranslations("security"), getTranslations("fields"), me(), formState("password")]);
  return (
    <Panel title={t("password")} text={t("passwordText")}>
      <Form action="/api/account/password" state={state} resets className="max-w-md justify-items-start [&>div]:w-full">
        {/* Password managers file the new password under this name. */}
        <input type="hidden" autoComplete="username" value={person.ok ? person.value.email : ""} />
        <PasswordField name="current_password" label={fields("currentPassword")} autoComplete="current-password" required />
        <PasswordField name="new_password" label={fields("newPassword")} hint={fields("passwordHint")} autoComplete="new-password" required minLength={12} />
        <Submit>{t("change")}</Submit>
      </Form>
    </Panel>
  );
}
