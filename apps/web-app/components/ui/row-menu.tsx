"use client";
// The "more" menu of a table row. Each item opens a dialog whose content the server has rendered.
import { useState, type ReactNode } from "react";
import { deferred, type TriggerProps } from "./deferred";
import { Dialog } from "./dialog";
import { MoreIcon } from "./icons";

export type RowAction = { key: string; label: string; title: string; text?: string; danger?: boolean; content: ReactNode };
export type RowMenuProps = { label: string; actions: Pick<RowAction, "key" | "label" | "danger">[]; onChoose: (key: string) => void };

export function RowMenuTrigger({ label, actions: _, onChoose: __, ...rest }: RowMenuProps & TriggerProps) {
  return (
    <button type="button" aria-label={label} className="rounded-md p-1.5 text-muted hover:bg-sunken hover:text-ink data-popup-open:bg-sunken" {...rest}>
      <MoreIcon />
    </button>
  );
}

const DeferredMenu = deferred(() => import("./row-menu-popup"), RowMenuTrigger);

export function RowMenu({ label, actions }: { label: string; actions: RowAction[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <DeferredMenu label={label} actions={actions} onChoose={setOpen} />
      {actions.map((action) => (
        <Dialog
          key={action.key}
          title={action.title}
          text={action.text}
          open={open === action.key}
          onOpenChange={(next) => setOpen(next ? action.key : null)}
        >
          {action.content}
        </Dialog>
      ))}
    </>
  );
}
