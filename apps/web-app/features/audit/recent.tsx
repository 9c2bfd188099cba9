import { getTranslations } from "next-intl/server";
import { ActivityIcon } from "@/components/ui/icons";
import { Avatar, Panel } from "@/components/ui/layout";
import { EmptyState, ProblemState } from "@/components/ui/states";
import { When } from "@/components/ui/when";
import { read, tenantSession } from "@/lib/session/current";
import { auditSentences } from "./sentence";

export async function RecentEvents({ slug }: { slug: string }) {
  const { api, tenantId } = await tenantSession(slug);
  const [t, sentence, result] = await Promise.all([
    getTranslations("audit"),
    auditSentences(),
    read(api.GET("/api/v1/tenants/{tenant}/audit-events", { params: { path: { tenant: tenantId }, query: { limit: 8 } } })),
  ]);
  return (
    <Panel title={t("recent")} flush>
      {!result.ok ? (
        <ProblemState problem={result.problem} />
      ) : result.value.items.length === 0 ? (
        <EmptyState icon={ActivityIcon} title={t("empty")} text={t("emptyText")} />
      ) : (
        <ol className="divide-y divide-line">
          {result.value.items.map((event) => (
            <li key={event.id} className="flex min-h-13 items-center gap-3 px-4 py-2 max-sm:items-start">
              <Avatar name={event.actor_name ?? t("system")} />
              <div className="flex min-w-0 grow gap-x-3 max-sm:flex-col sm:items-center">
                <p className="min-w-0 grow text-sm wrap-break-word">
                  <span className="font-medium">{event.actor_name ?? t("system")}</span> <span className="text-muted">{sentence(event)}</span>
                </p>
                <span className="text-xs text-faint">
                  <When at={event.at} />
                </span>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
