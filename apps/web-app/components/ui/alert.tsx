import type { ReactNode } from "react";
import { AlertIcon, CheckIcon } from "./icons";

type Props = { tone: "danger" | "success" | "warning"; focusable?: boolean; requestId?: string; children: ReactNode };

const tones = {
  danger: "bg-danger-soft text-danger",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
};

export function Alert({ tone, focusable, requestId, children }: Props) {
  const Icon = tone === "success" ? CheckIcon : AlertIcon;
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      tabIndex={focusable ? -1 : undefined}
      className={`flex gap-2 rounded-md px-3 py-2 text-sm ${tones[tone]}`}
    >
      <Icon className="mt-0.5" />
      <div className="min-w-0">
        {children}
        {requestId ? <div className="mt-0.5 font-mono text-xs wrap-anywhere">{requestId}</div> : null}
      </div>
    </div>
  );
}
