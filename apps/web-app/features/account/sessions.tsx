import { getTranslations } from "next-intl/server";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import { DeviceIcon } from "@/components/ui/icons";
import { Badge, Panel } from "@/components/ui/layout";
import { Pager } from "@/components/ui/pager";
import { ProblemState } from "@/components/ui/states";
import { Submit } from "@/components/ui/submit";
import { When } from "@/components/ui/when";
import type { Schema } from "@/lib/api/problem";
import { personSession, read } from "@/lib/session/current";
import { describeUserAgent } from "./user-agent";

export async function SessionList({ cursor }: { cursor?: string }) {
  const { api } = await personSession();
  const [t, result] = await Promise.all([
    getTranslations("sessions"),
    read(api.GET("/api/v1/users/me/sessions", { params: { query: { cursor } } })),
  ]);
  const device = (session: Schema<"Session">): string => {
    const { browser, system } = describeUserAgent(session.user_agent);
    if (browser && system) return t("device", { browser, system });
    return browser ?? system ?? t("unknownDevice");
  };
  return (
    <Panel
      title={t("list")}
      flush
      aside={
        <Dialog trigger={t("all")} triggerLook={{ size: "sm" }} title={t("allTitle")} text={t("allText")}>
          <Form action="/api/auth/sign-out-all" hard>
            <DialogActions cancel={t("cancel")}>
              <Submit variant="danger">{t("all")}</Submit>
            </DialogActions>
          </Form>
        </Dialog>
      }
    >
      {result.ok ? (
        <>
          <ul className="divide-y divide-line">
            {result.value.items.map((session) => (
              <li key={session.id} className="flex items-center gap-3 px-4 py-3">
                <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-sunken text-muted">
                  <DeviceIcon className="size-5" />
                </span>
                <div className="min-w-0 grow">
                  <div className="flex flex-wrap items-center gap-x-2 font-medium">
                    {device(session)}
                    {session.current ? <Badge tone="success">{t("current")}</Badge> : null}
                  </div>
                  <div className="text-sm text-muted">
                    {session.ip ? <span className="font-mono text-xs">{session.ip} · </span> : null}
                    {t.rich("lastUsed", { time: () => <When at={session.last_used_at} /> })}
                    <span className="max-sm:hidden"> · {t.rich("signedIn", { time: () => <When at={session.created_at} date /> })}</span>
                  </div>
                </div>
                {session.current ? null : (
                  <Form action={`/api/account/sessions/${session.id}/revoke`}>
                    <Submit size="sm" variant="secondary" aria-label={t("revokeOf", { device: device(session) })}>
                      {t("revoke")}
                    </Submit>
                  </Form>
                )}
              </li>
            ))}
          </ul>
          <Pager path="/account/sessions" cursor={cursor} next={result.value.next_cursor} />
        </>
      ) : (
        <ProblemState problem={result.problem} />
      )}
    </Panel>
  );
}
