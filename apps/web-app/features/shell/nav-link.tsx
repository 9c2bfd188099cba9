"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { AppLink } from "@/components/ui/app-link";

export function NavLink({ href, exact, children }: { href: string; exact: boolean; children: ReactNode }) {
  const pathname = usePathname();
  const here = pathname === href || (!exact && pathname.startsWith(`${href}/`));
  return (
    <AppLink
      href={href}
      aria-current={here ? "page" : undefined}
      className={`flex h-8 items-center gap-2 rounded-md px-2 text-sm font-medium transition-colors ${
        here ? "bg-sunken text-ink" : "text-muted hover:bg-sunken hover:text-ink"
      }`}
    >
      {children}
    </AppLink>
  );
}
