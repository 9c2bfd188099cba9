import { getTranslations } from "next-intl/server";
import { Alert } from "@/components/ui/alert";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Submit } from "@/components/ui/submit";
import { flashNotice, formState } from "@/lib/http/form-state";
import { AuthCard, TextLink } from "./frame";

/** Behind the link in the mail. It acts on a button, because mail scanners open links. */
export async function ConfirmEmail({ token }: { token: string }) {
  const [t, state] = await Promise.all([getTranslations("verify"), formState("verify")]);
  return (
    <AuthCard
      title={t("title")}
      text={t("text")}
      footer={t.rich("newLink", { link: (chunks) => <TextLink href="/verify">{chunks}</TextLink> })}
    >
      <Form action="/api/auth/verify" state={state} hard>
        <input type="hidden" name="token" value={token} />
        <Submit size="lg">{t("submit")}</Submit>
      </Form>
    </AuthCard>
  );
}

/** After signing up, or after trying to sign in too early: a mail is on its way. */
export async function AwaitEmail() {
  const [t, fields, notice, signedUp, signedIn] = await Promise.all([
    getTranslations("verify"),
    getTranslations("fields"),
    flashNotice(),
    formState("sign-up"),
    formState("sign-in"),
  ]);
  const email = signedUp.values.email || signedIn.values.email;
  const text = email ? t.rich("sentTo", { email, strong: (chunks) => <strong className="font-semibold break-all text-ink">{chunks}</strong> }) : t("askAgain");
  return (
    <AuthCard
      title={email ? t("checkInbox") : t("resendTitle")}
      text={text}
      footer={t.rich("confirmed", { link: (chunks) => <TextLink href="/sign-in">{chunks}</TextLink> })}
    >
      {notice ? <Alert tone="success">{notice}</Alert> : null}
      <Form action="/api/auth/resend" state={{ ...signedUp, values: { email: email ?? "" } }} hard>
        {email ? <input type="hidden" name="email" value={email} /> : <TextField name="email" type="email" label={fields("email")} autoComplete="email" required />}
        <Submit size="lg" variant="secondary">{t("resend")}</Submit>
      </Form>
    </AuthCard>
  );
}
