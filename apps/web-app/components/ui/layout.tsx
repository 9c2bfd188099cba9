// Pieces every page is put together from: header, panel, badge, avatar.
import type { ReactNode } from "react";

export function PageHeader({ title, text, actions }: { title: string; text?: string; actions?: ReactNode }) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold">{title}</h1>
        {text ? <p className="mt-0.5 text-pretty text-muted">{text}</p> : null}
      </div>
      {actions ? <div className="flex gap-2">{actions}</div> : null}
    </header>
  );
}

type PanelProps = { title?: string; text?: string; aside?: ReactNode; flush?: boolean; children: ReactNode };

export function Panel({ title, text, aside, flush = false, children }: PanelProps) {
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface shadow-xs">
      {title ? (
        <div className="flex min-h-11 items-center justify-between gap-4 border-b border-line px-4 py-2">
          <div>
            <h2 className="font-semibold">{title}</h2>
            {text ? <p className="text-sm text-muted">{text}</p> : null}
          </div>
          {aside ? <div className="-mr-1.5">{aside}</div> : null}
        </div>
      ) : null}
      <div className={flush ? "" : "p-4"}>{children}</div>
    </section>
  );
}

type Tone = "neutral" | "accent" | "success" | "warning" | "danger";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent-ink",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span data-slot="badge" className={`inline-flex h-5 items-center rounded-full px-2 text-xs font-medium whitespace-nowrap ${tones[tone]}`}>
      {children}
    </span>
  );
}

/** Initials on a quiet tint that is always the same for the same name. */
export function Avatar({ name, square = false, size = "md" }: { name: string; square?: boolean; size?: "sm" | "md" }) {
  const initials = name
    .split(/[\s@._-]+/)
    .filter(Boolean)
    .slice(0, square ? 1 : 2)
    .map((part) => [...part][0]?.toUpperCase())
    .join("");
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span
      aria-hidden="true"
      style={{
        background: `light-dark(oklch(0.93 0.045 ${hue}), oklch(0.34 0.07 ${hue}))`,
        color: `light-dark(oklch(0.4 0.11 ${hue}), oklch(0.9 0.06 ${hue}))`,
      }}
      className={`inline-flex shrink-0 items-center justify-center font-semibold ${square ? "rounded-md" : "rounded-full"} ${
        size === "sm" ? "size-5 text-[0.625rem]" : "size-7 text-xs"
      }`}
    >
      {initials || "?"}
    </span>
  );
}

export function Logo({ name }: { name: string }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-6" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path
          d="M9 20.5 16 24l7-3.5M9 16l7 3.5 7-3.5M16 8l7 3.5-7 3.5-7-3.5z"
          fill="none"
          stroke="#fff"
          strokeWidth="2"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      {name}
    </span>
  );
}
