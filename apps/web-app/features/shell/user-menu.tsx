"use client";
import { deferred, type TriggerProps } from "@/components/ui/deferred";
import { ChevronsIcon } from "@/components/ui/icons";
import { Avatar } from "@/components/ui/layout";
import type { MenuLabels } from "./menu-labels";

export type UserMenuProps = { person: { name: string; email: string }; labels: MenuLabels };

export function UserMenuTrigger({ person, labels: _, ...rest }: UserMenuProps & TriggerProps) {
  return (
    <button type="button" className="flex h-12 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-sunken data-popup-open:bg-sunken" {...rest}>
      <Avatar name={person.name} />
      <span className="min-w-0 grow">
        <span className="block truncate text-sm font-medium">{person.name}</span>
        <span className="block truncate text-xs text-faint">{person.email}</span>
      </span>
      <ChevronsIcon className="text-faint" />
    </button>
  );
}

export const UserMenu = deferred(() => import("./user-menu-popup"), UserMenuTrigger);
