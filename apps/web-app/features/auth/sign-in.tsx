import { getTranslations } from "next-intl/server";
import { Alert } from "@/components/ui/alert";
import { PasswordField, TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Submit } from "@/components/ui/submit";
import { flashNotice, formState } from "@/lib/http/form-state";
import { withNext } from "@/lib/http/return-path";
import { AuthCard, TextLink } from "./frame";

export async function SignIn({ next, ended }: { next: string | null; ended: boolean }) {
  const [t, fields, state, notice] = await Promise.all([
    getTranslations("signIn"),
    getTranslations("fields"),
    formState("sign-in"),
    flashNotice(),
  ]);
  return (
    <AuthCard
      title={t("title")}
      text={t("text")}
      footer={t.rich("noAccount", { link: (chunks) => <TextLink href={withNext("/sign-up", next)}>{chunks}</TextLink> })}
    >
      {notice ? <Alert tone="success">{notice}</Alert> : null}
      {ended && !notice && !state.error ? <Alert tone="warning">{t("ended")}</Alert> : null}
      <Form action="/api/auth/sign-in" state={state} hard>
        <input type="hidden" name="next" value={next ?? ""} />
        <TextField name="email" type="email" label={fields("email")} autoComplete="username" required defaultValue="" />
        <PasswordField
          name="password"
          label={fields("password")}
          autoComplete="current-password"
          required
          aside={<span className="text-sm"><TextLink href="/forgot">{t("forgot")}</TextLink></span>}
        />
        <Submit size="lg">{t("submit")}</Submit>
      </Form>
    </AuthCard>
  );
}
