"use client";
import { Dialog } from "@base-ui/react/dialog";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";
import { MenuIcon } from "@/components/ui/icons";

export function Drawer({ label, title, heading, children }: { label: string; title: string; heading: string; children: ReactNode }) {
  const pathname = usePathname();
  // Remembers where it was opened, so that following a link inside closes it.
  const [openedAt, setOpenedAt] = useState<string | null>(null);
  return (
    <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-line bg-canvas px-2 md:hidden">
      <Dialog.Root open={openedAt === pathname} onOpenChange={(open) => setOpenedAt(open ? pathname : null)}>
        <Dialog.Trigger aria-label={label} className="rounded-md p-2.5 text-muted hover:bg-sunken">
          <MenuIcon />
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-30 bg-overlay transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
          <Dialog.Popup
            data-slot="popup"
            className="fixed inset-y-0 left-0 z-30 w-[min(18rem,85vw)] border-r border-line bg-canvas transition-transform duration-150 data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
          >
            <Dialog.Title className="sr-only">{title}</Dialog.Title>
            {children}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <span className="truncate font-semibold">{heading}</span>
    </header>
  );
}
