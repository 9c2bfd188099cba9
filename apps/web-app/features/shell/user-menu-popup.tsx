"use client";
import { Menu } from "@base-ui/react/menu";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { CheckIcon, DeviceIcon, GlobeIcon, KeyIcon, SignOutIcon, SunIcon, UserIcon } from "@/components/ui/icons";
import { menuItemLook } from "@/components/ui/menu-look";
import { prefer, signOut } from "./act";
import { UserMenuTrigger, type UserMenuProps } from "./user-menu";

export default function UserMenuPopup(props: UserMenuProps) {
  const { labels } = props;
  const router = useRouter();
  const pages = [
    { href: "/account/profile", label: labels.account, icon: <UserIcon className="text-muted" /> },
    { href: "/account/security", label: labels.security, icon: <KeyIcon className="text-muted" /> },
    { href: "/account/sessions", label: labels.sessions, icon: <DeviceIcon className="text-muted" /> },
  ];
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger render={<UserMenuTrigger {...props} />} />
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={4} className="z-30">
          <Menu.Popup data-slot="popup" className="popup w-60 p-1">
            {pages.map((page) => (
              <Menu.LinkItem key={page.href} closeOnClick className={menuItemLook()} render={<Link href={page.href} prefetch={false} />}>
                {page.icon}
                {page.label}
              </Menu.LinkItem>
            ))}
            <Menu.Separator className="my-1 h-px bg-line" />
            {[labels.theme, labels.locale].map((choice) => (
              <Menu.SubmenuRoot key={choice.name}>
                <Menu.SubmenuTrigger className={menuItemLook()}>
                  {choice.name === "theme" ? <SunIcon className="text-muted" /> : <GlobeIcon className="text-muted" />}
                  <span className="grow">{choice.label}</span>
                  <span className="text-xs text-faint">{choice.options.find((option) => option.value === choice.value)?.label}</span>
                </Menu.SubmenuTrigger>
                <Menu.Portal>
                  <Menu.Positioner sideOffset={4} className="z-30">
                    <Menu.Popup data-slot="popup" className="popup w-40 p-1">
                      <Menu.RadioGroup
                        value={choice.value}
                        onValueChange={(value: string) => void prefer({ [choice.name]: value }).then(() => router.refresh())}
                      >
                        {choice.options.map((option) => (
                          <Menu.RadioItem key={option.value} value={option.value} closeOnClick className={menuItemLook()}>
                            <span className="grow">{option.label}</span>
                            <Menu.RadioItemIndicator>
                              <CheckIcon className="text-accent-ink" />
                            </Menu.RadioItemIndicator>
                          </Menu.RadioItem>
                        ))}
                      </Menu.RadioGroup>
                    </Menu.Popup>
                  </Menu.Positioner>
                </Menu.Portal>
              </Menu.SubmenuRoot>
            ))}
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item onClick={() => void signOut()} className={menuItemLook()}>
              <SignOutIcon className="text-muted" />
              {labels.signOut}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
