// What a list shows when it has nothing to show: still loading, empty, failed, not permitted.
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import type { Problem } from "@/lib/api/problem";
import { problemWords } from "@/lib/i18n/problems";
import { AlertIcon, LockIcon, type Icon } from "./icons";
import { PageHeader, Panel } from "./layout";
import { RetryButton } from "./retry-button";

type Blank = { icon: Icon; title: string; text: string; children?: ReactNode; alert?: boolean };

export function EmptyState({ icon: Icon, title, text, children, alert = false }: Blank) {
  return (
    <div role={alert ? "alert" : undefined} className="flex flex-col items-center px-6 py-12 text-center">
      <span className="mb-3 flex size-10 items-center justify-center rounded-lg border border-line bg-sunken text-muted">
        <Icon className="size-5" />
      </span>
      <p className="font-semibold">{title}</p>
      <p className="mt-1 max-w-sm text-sm text-balance text-muted">{text}</p>
      {children ? <div className="mt-4">{children}</div> : null}
    </div>
  );
}

export async function ProblemState({ problem }: { problem: Problem }) {
  const [t, words] = await Promise.all([getTranslations("states"), problemWords()]);
  if (problem.status === 403) return <EmptyState icon={LockIcon} title={t("forbiddenTitle")} text={t("forbiddenText")} />;
  return (
    <EmptyState alert icon={AlertIcon} title={t("failedTitle")} text={words.problem(problem.code)}>
      <RetryButton label={t("retry")} />
      <p className="mt-3 font-mono text-xs text-faint">
        {t.rich("requestId", { id: () => <span className="inline-block">{problem.requestId}</span> })}
      </p>
    </EmptyState>
  );
}

/** In the place of every page of a tenant that is suspended. */
export async function SuspendedState({ name }: { name: string }) {
  const t = await getTranslations("states");
  return (
    <>
      <PageHeader title={name} />
      <Panel>
        <EmptyState icon={LockIcon} title={t("suspendedTitle")} text={t("suspendedText")} />
      </Panel>
    </>
  );
}

/** As many rows as are likely, of the height they will have, so that nothing jumps. */
export function RowsSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div aria-hidden="true" className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-13 items-center gap-3 px-4">
          <span className="skeleton size-7 rounded-full" />
          <span className="skeleton h-3.5" style={{ width: `${34 - ((row * 7) % 16)}%` }} />
          <span className="skeleton ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}

export async function PageSkeleton({ children }: { children?: ReactNode }) {
  const t = await getTranslations("states");
  return (
    <div>
      <div role="status" className="sr-only">
        <h1>{t("loading")}</h1>
      </div>
      <div aria-hidden="true" className="mb-6">
        <div className="skeleton h-6 w-40" />
        <div className="skeleton mt-2 h-4 w-72 max-w-full" />
      </div>
      {children}
    </div>
  );
}
