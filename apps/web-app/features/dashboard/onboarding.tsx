// The first steps of a workspace. Each is read off what exists, so it ticks itself; when all are done
// the list has served and disappears.
import { getTranslations } from "next-intl/server";
import { AppLink } from "@/components/ui/app-link";
import { CheckIcon, ChevronRightIcon } from "@/components/ui/icons";
import { Panel } from "@/components/ui/layout";
import { me, mayHere } from "@/features/shell/data";
import { count, firstInvites, firstMembers, firstProjects } from "./data";

export async function Onboarding({ slug }: { slug: string }) {
  const [t, person, members, invites, projects, manages, writes] = await Promise.all([
    getTranslations("onboarding"),
    me(),
    firstMembers(slug),
    firstInvites(slug),
    firstProjects(slug),
    mayHere(slug, "members.manage"),
    mayHere(slug, "content.write"),
  ]);
  if (!writes || !members.ok || !projects.ok) return null;
  const together = (count(members)?.number ?? 0) > 1 || (count(invites)?.number ?? 0) > 0;
  const steps = [
    { key: "email", done: person.ok && person.value.email_verified, href: "/account/profile" },
    { key: "project", done: (count(projects)?.number ?? 0) > 0, href: `/${slug}/projects?action=create` },
    ...(manages ? [{ key: "invite", done: together, href: `/${slug}/members?action=invite` } as const] : []),
  ] as const;
  const finished = steps.filter((step) => step.done).length;
  if (finished === steps.length) return null;
  return (
    <Panel
      title={t("title")}
      flush
      aside={
        <span className="flex items-center gap-2 text-sm text-muted tabular-nums">
          <span aria-hidden="true" className="h-1.5 w-20 overflow-hidden rounded-full bg-sunken">
            <span className="block h-full rounded-full bg-accent" style={{ width: `${(100 * finished) / steps.length}%` }} />
          </span>
          {t("progress", { finished, all: steps.length })}
        </span>
      }
    >
      <ol className="divide-y divide-line">
        {steps.map((step) => (
          <li key={step.key}>
            {step.done ? (
              <div className="flex items-center gap-3 px-4 py-3 text-muted">
                <Tick done />
                <span className="line-through decoration-line-strong">{t(`steps.${step.key}`)}</span>
                <span className="sr-only">{t("done")}</span>
              </div>
            ) : (
              <AppLink href={step.href} className="flex items-center gap-3 px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2">
                <Tick done={false} />
                <span className="min-w-0 grow">
                  <span className="block font-medium">{t(`steps.${step.key}`)}</span>
                  <span className="block text-sm text-muted">{t(`texts.${step.key}`)}</span>
                </span>
                <ChevronRightIcon className="text-faint" />
              </AppLink>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Tick({ done }: { done: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={`flex size-5 shrink-0 items-center justify-center rounded-full ${done ? "bg-success-soft text-success" : "border-[1.5px] border-dashed border-faint"}`}
    >
      {done ? <CheckIcon className="size-3.5" /> : null}
    </span>
  );
}
