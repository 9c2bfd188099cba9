"use client";
// The "more" menu of a table row. Each item opens a dialog whose content the server has rendered.
import { Menu } from "@base-ui/react/menu";
import { useState, type ReactNode } from "react";
import { Dialog } from "./dialog";
import { MoreIcon } from "./icons";

export type RowAction = { key: string; label: string; title: string; text?: string; danger?: boolean; content: ReactNode };

export function RowMenu({ label, actions }: { label: string; actions: RowAction[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <Menu.Root>
        <Menu.Trigger aria-label={label} className="rounded-md p-1.5 text-muted hover:bg-sunken hover:text-ink data-popup-open:bg-sunken">
          <MoreIcon />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner align="end" sideOffset={4} className="z-30">
            <Menu.Popup data-slot="popup" className="popup min-w-40 p-1">
              {actions.map((action) => (
                <Menu.Item key={action.key} onClick={() => setOpen(action.key)} className={menuItemLook(action.danger)}>
                  {action.label}
                </Menu.Item>
              ))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
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

export function menuItemLook(danger = false): string {
  return (
    "flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm outline-none select-none data-highlighted:bg-sunken " +
    (danger ? "text-danger" : "")
  );
}
