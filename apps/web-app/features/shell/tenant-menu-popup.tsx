"use client";
import { Menu } from "@base-ui/react/menu";
import Link from "next/link";
import { CheckIcon, PlusIcon } from "@/components/ui/icons";
import { Avatar } from "@/components/ui/layout";
import { menuItemLook } from "@/components/ui/menu-look";
import { TenantMenuTrigger, type TenantMenuProps } from "./tenant-menu";

export default function TenantMenuPopup(props: TenantMenuProps) {
  const { currentSlug, tenants, labels } = props;
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger render={<TenantMenuTrigger {...props} />} />
      <Menu.Portal>
        <Menu.Positioner align="start" sideOffset={4} className="z-30">
          <Menu.Popup data-slot="popup" className="popup max-h-[60vh] w-60 overflow-y-auto p-1">
            <Menu.Group>
              <Menu.GroupLabel className="px-2 py-1 text-xs font-medium text-faint">{labels.switch}</Menu.GroupLabel>
              {tenants.map((tenant) => (
                <Menu.LinkItem key={tenant.slug} closeOnClick className={menuItemLook()} render={<Link href={`/${tenant.slug}`} prefetch={false} />}>
                  <Avatar name={tenant.name} square size="sm" />
                  <span className="min-w-0 grow truncate">{tenant.name}</span>
                  {tenant.slug === currentSlug ? <CheckIcon className="text-accent-ink" /> : null}
                </Menu.LinkItem>
              ))}
            </Menu.Group>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.LinkItem closeOnClick className={menuItemLook()} render={<Link href="/select" prefetch={false} />}>
              <PlusIcon className="mx-0.5 text-muted" />
              {labels.create}
            </Menu.LinkItem>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
