"use client";
import { Toast } from "@base-ui/react/toast";
import { useEffect, useRef } from "react";
import { CheckIcon, CloseIcon } from "./icons";
import { useLabels } from "./labels";
import { onNotice } from "./notices";

/** Shows what forms publish, beginning with the notice that made it necessary. */
export default function ToastStack({ first }: { first: string }) {
  return (
    <Toast.Provider timeout={5000}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 w-[min(22rem,calc(100vw-2rem))]">
          <Toasts first={first} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts({ first }: { first: string }) {
  const labels = useLabels();
  const { toasts, add } = Toast.useToastManager();
  const began = useRef(false);
  useEffect(() => {
    // Effects run twice in development; the notice was published once.
    if (!began.current) add({ title: first });
    began.current = true;
    return onNotice((title) => void add({ title }));
  }, [add, first]);
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
