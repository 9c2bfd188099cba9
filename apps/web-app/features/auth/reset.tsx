import { getTranslations } from "next-intl/server";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Submit } from "@/components/ui/submit";
import { flashNotice, formState } from "@/lib/http/form-state";
import { AuthCard, TextLink } from "./frame";

export async function Forgot() {
  const [t, fields, state, notice] = await Promise.all([
    getTranslations("forgot"),
    getTranslations("fields"),
    formState("forgot"),
    flashNotice(),
  ]);
  return (
    <AuthCard title={t("title")} text={t("text")} footer={t.rich("back", { link: (chunks) => <TextLink href="/sign-in">{chunks}</TextLink> })}>
      {notice ? <Alert tone="success">{notice}</Alert> : null}
      <Form action="/api/auth/forgot" state={state} hard>
        <TextField name="email" type="email" label={fields("email")} autoComplete="username" required />
        <Submit size="lg">{t("submit")}</Submit>
      </Form>
    </AuthCard>
  );
}

export async function Reset({ token }: { token: string | null }) {
  const [t, fields, state] = await Promise.all([getTranslations("reset"), getTranslations("fields"), formState("reset")]);
  if (!token) {
    return (
      <AuthCard title={t("title")} text={t("noToken")}>
        <ButtonLink href="/forgot" size="lg" variant="primary">
          {t("newLink")}
        </ButtonLink>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("title")} text={t("text")} footer={<TextLink href="/forgot">{t("newLink")}</TextLink>}>
      <Form action="/api/auth/reset" state={state} hard>
        <input type="hidden" name="token" value={token} />
        <PasswordField name="password" label={fields("newPassword")} hint={fields("passwordHint")} autoComplete="new-password" required minLength={12} />
        <Submit size="lg">{t("submit")}</Submit>
      </Form>
    </AuthCard>
  );
}
