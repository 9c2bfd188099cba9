import { getTranslations } from "next-intl/server";
import { ButtonLink } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { Submit } from "@/components/ui/submit";
import { formState } from "@/lib/http/form-state";
import { withNext } from "@/lib/http/return-path";
import { isSignedIn, personSession, read } from "@/lib/session/current";
import { AuthCard } from "./frame";

/** Behind the link of an invitation. A person joins by their own act, and only as themselves. */
export async function Invite({ token }: { token: string }) {
  const t = await getTranslations("invite");
  if (!(await isSignedIn())) {
    return (
      <AuthCard title={t("title")} text={t("textAnonymous")}>
        <ButtonLink href={`/sign-up?invite=${encodeURIComponent(token)}`} size="lg" variant="primary">
          {t("signUp")}
        </ButtonLink>
        <ButtonLink href={withNext("/sign-in", `/invite/${encodeURIComponent(token)}`)} size="lg">
          {t("signIn")}
        </ButtonLink>
      </AuthCard>
    );
  }
  const { api } = await personSession();
  const [state, me] = await Promise.all([formState("accept-invite"), read(api.GET("/api/v1/users/me"))]);
  return (
    <AuthCard title={t("title")} text={me.ok ? t("textAs", { email: me.value.email }) : t("text")}>
      <Form action="/api/auth/invites/accept" state={state} hard>
        <input type="hidden" name="token" value={token} />
        <Submit size="lg">{t("accept")}</Submit>
      </Form>
      <Form action="/api/auth/sign-out" hard>
        <Submit variant="ghost">{t("otherAccount")}</Submit>
      </Form>
    </AuthCard>
  );
}
