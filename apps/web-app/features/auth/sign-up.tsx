import { getTranslations } from "next-intl/server";
import { PasswordField, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Submit } from "@/components/ui/submit";
import { formState } from "@/lib/http/form-state";
import { AuthCard, TextLink } from "./frame";

export async function SignUp({ invite }: { invite: string | null }) {
  const [t, fields, state] = await Promise.all([getTranslations("signUp"), getTranslations("fields"), formState("sign-up")]);
  return (
    <AuthCard
      title={t("title")}
      text={invite ? t("textInvited") : t("text")}
      footer={t.rich("haveAccount", { link: (chunks) => <TextLink href="/sign-in">{chunks}</TextLink> })}
    >
      <Form action="/api/auth/sign-up" state={state} hard>
        {invite ? <input type="hidden" name="invite_token" value={invite} /> : null}
        <TextField name="display_name" label={fields("displayName")} autoComplete="name" required maxLength={80} />
        <TextField name="email" type="email" label={fields("email")} autoComplete="email" required />
        <PasswordField name="password" label={fields("password")} hint={fields("passwordHint")} autoComplete="new-password" required minLength={12} />
        <Submit size="lg">{t("submit")}</Submit>
      </Form>
    </AuthCard>
  );
}
