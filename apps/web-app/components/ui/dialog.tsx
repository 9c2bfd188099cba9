"use client";
// A dialog with its trigger. `openWhen` names a value of ?action= that opens it on arrival, which is
// how the command palette starts an action that lives on another page.
import { Dialog as Base } from "@base-ui/react/dialog";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useRef, useState, type ReactNode } from "react";
import { buttonLook } from "./button";
import { DialogClose } from "./dialog-context";
import { CloseIcon } from "./icons";
import { useLabels } from "./labels";

type Props = {
  trigger?: ReactNode;
  triggerLook?: Parameters<typeof buttonLook>[0];
  title: string;
  text?: string;
  openWhen?: string;
  /** Controlled from outside, for dialogs opened from a menu. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
};

export function Dialog({ trigger, triggerLook, title, text, openWhen, open, onOpenChange, children }: Props) {
  const labels = useLabels();
  const router = useRouter();
  const pathname = usePathname();
  const asked = useSearchParams().get("action");
  const wanted = openWhen !== undefined && asked === openWhen;
  const [own, setOwn] = useState(false);
  const shown = open ?? (own || wanted);
  const popup = useRef<HTMLDivElement>(null);

  function change(next: boolean) {
    if (!next && wanted) router.replace(pathname, { scroll: false });
    setOwn(next);
    onOpenChange?.(next);
  }

  return (
    <Base.Root open={shown} onOpenChange={change}>
      {trigger ? <Base.Trigger className={buttonLook(triggerLook ?? {})}>{trigger}</Base.Trigger> : null}
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          ref={popup}
          data-slot="popup"
          // Where typing starts, not where leaving does.
          initialFocus={() => popup.current?.querySelector<HTMLElement>("input:not([type=hidden]), select") ?? true}
          className="popup fixed top-[12vh] left-1/2 z-40 max-h-[80vh] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto p-5"
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div>
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {text ? <Base.Description className="mt-1 text-sm text-muted">{text}</Base.Description> : null}
            </div>
            <Base.Close aria-label={labels.close} className="-m-1 rounded-md p-1.5 text-muted hover:bg-sunken hover:text-ink">
              <CloseIcon />
            </Base.Close>
          </div>
          <DialogClose value={() => change(false)}>{children}</DialogClose>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Cancel beside a form's button. */
export function DialogActions({ cancel, children }: { cancel: string; children: ReactNode }) {
  return (
    <div className="mt-1 flex justify-end gap-2">
      <Base.Close className={buttonLook({})}>{cancel}</Base.Close>
      {children}
    </div>
  );
}
