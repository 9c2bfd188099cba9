"use client";
import { deferred, type TriggerProps } from "@/components/ui/deferred";
import { ChevronsIcon, LayersIcon } from "@/components/ui/icons";
import { Avatar } from "@/components/ui/layout";

export type TenantMenuProps = {
  current: string;
  currentSlug: string | null;
  tenants: { name: string; slug: string }[];
  labels: { switch: string; create: string };
};

export function TenantMenuTrigger({ current, currentSlug, tenants: _, labels: __, ...rest }: TenantMenuProps & TriggerProps) {
  return (
    <button type="button" className="flex h-10 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-sunken data-popup-open:bg-sunken" {...rest}>
      {currentSlug === null ? (
        <span className="flex size-7 shrink-0 items-center justify-center rounded-md bg-sunken text-muted">
          <LayersIcon />
        </span>
      ) : (
        <Avatar name={current} square />
      )}
      <span className="min-w-0 grow truncate font-semibold">{current}</span>
      <ChevronsIcon className="text-faint" />
    </button>
  );
}

export const TenantMenu = deferred(() => import("./tenant-menu-popup"), TenantMenuTrigger);
