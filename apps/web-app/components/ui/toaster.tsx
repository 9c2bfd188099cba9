"use client";
import { Toast } from "@base-ui/react/toast";
import { useEffect } from "react";
import { CheckIcon, CloseIcon } from "./icons";
import { useLabels } from "./labels";
import { onNotice } from "./notices";

/** Shows what forms publish. */
export function Toaster() {
  return (
    <Toast.Provider timeout={5000}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 w-[min(22rem,calc(100vw-2rem))]">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const labels = useLabels();
  const { toasts, add } = Toast.useToastManager();
  useEffect(() => onNotice((title) => void add({ title })), [add]);
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} data-slot="popup" className="popup mt-2 flex items-center gap-2.5 px-3 py-2.5">
      <CheckIcon className="text-success" />
      <Toast.Title className="min-w-0 grow text-sm font-medium" />
      <Toast.Close aria-label={labels.close} className="rounded-sm p-1 text-muted hover:text-ink">
        <CloseIcon className="size-3.5" />
      </Toast.Close>
    </Toast.Root>
  ));
}
