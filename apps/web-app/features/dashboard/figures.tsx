import { getTranslations } from "next-intl/server";
import { AppLink } from "@/components/ui/app-link";
import { count, firstInvites, firstMembers, firstProjects } from "./data";

export async function Figures({ slug }: { slug: string }) {
  const [t, members, projects, invites] = await Promise.all([
    getTranslations("dashboard"),
    firstMembers(slug),
    firstProjects(slug),
    firstInvites(slug),
  ]);
  const figures = [
    { key: "projects", label: t("activeProjects"), href: `/${slug}/projects`, value: count(projects, (project) => project.archived_at === null) },
    { key: "members", label: t("members"), href: `/${slug}/members`, value: count(members) },
    ...(invites === null
      ? []
      : [{ key: "invites", label: t("openInvites"), href: `/${slug}/members`, value: count(invites, (invite) => invite.status === "pending") }]),
  ];
  return (
    <ul className={`grid gap-px overflow-hidden rounded-lg border border-line bg-line shadow-xs ${figures.length === 3 ? "grid-cols-3" : "grid-cols-2"}`}>
      {figures.map((figure) => (
        <li key={figure.key} className="bg-surface">
          <AppLink href={figure.href} className="flex h-full flex-col justify-between px-4 py-3 hover:bg-sunken focus-visible:-outline-offset-2">
            <span className="block text-sm text-muted">{figure.label}</span>
            <span className="block text-2xl font-semibold tracking-tight tabular-nums">
              {figure.value ? `${figure.value.number}${figure.value.more ? "+" : ""}` : "–"}
            </span>
          </AppLink>
        </li>
      ))}
    </ul>
  );
}

export function FiguresSkeleton() {
  return (
    <div aria-hidden="true" className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line">
      {[0, 1, 2].map((each) => (
        <div key={each} className="h-20 bg-surface px-4 py-3">
          <div className="skeleton h-4 w-20 max-w-full" />
          <div className="skeleton mt-2 h-7 w-10" />
        </div>
      ))}
    </div>
  );
}
