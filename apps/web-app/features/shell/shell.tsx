// The frame of the app: sidebar, the same in a drawer on small screens, and the page.
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Toaster } from "@/components/ui/toaster";
import { flashNotice } from "@/lib/http/form-state";
import { me, tenants } from "./data";
import { Drawer } from "./drawer";
import { NavLink } from "./nav-link";
import { Palette } from "./palette";
import { paletteEntries } from "./palette-entries";
import { TenantMenu } from "./tenant-menu";
import { UserMenu } from "./user-menu";
import { menuLabels } from "./menu-labels";

export type NavItem = { key: string; href: string; label: string; icon: ReactNode };

type Props = { slug: string | null; heading: string; items: NavItem[]; children: ReactNode };

export async function Shell({ slug, heading, items, children }: Props) {
  const [t, person, list, labels, notice] = await Promise.all([getTranslations("shell"), me(), tenants(), menuLabels(), flashNotice()]);
  const known = list.ok ? list.value.items : [];
  const entries = await paletteEntries(slug, known);
  const user = person.ok ? person.value : null;

  const sidebar = (
    <div className="flex h-full flex-col gap-4 p-3">
      <TenantMenu
        current={known.find((tenant) => tenant.slug === slug)?.name ?? slug ?? t("choose")}
        currentSlug={slug}
        tenants={known.map(({ name, slug: each }) => ({ name, slug: each }))}
        labels={{ switch: t("switch"), create: t("create") }}
      />
      <Palette
        entries={entries}
        labels={{ open: t("search"), title: t("paletteTitle"), placeholder: t("palettePlaceholder"), empty: t("paletteEmpty") }}
      />
      <nav aria-label={heading}>
        <p className="px-2 pb-1 text-xs font-medium text-faint">{heading}</p>
        <ul className="grid gap-px">
          {items.map((item) => (
            <li key={item.key}>
              <NavLink href={item.href} exact={item.key === "dashboard"}>
                {item.icon}
                {item.label}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-auto">
        <UserMenu person={{ name: user?.display_name ?? t("you"), email: user?.email ?? "" }} labels={labels} />
      </div>
    </div>
  );

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <aside aria-label={t("sidebar")} className="sticky top-0 h-dvh border-r border-line bg-canvas max-md:hidden">
        {sidebar}
      </aside>
      <Drawer label={t("openMenu")} title={t("sidebar")} heading={known.find((tenant) => tenant.slug === slug)?.name ?? slug ?? heading}>
        {sidebar}
      </Drawer>
      <main id="main" tabIndex={-1} className="min-w-0 bg-canvas">
        <div className="mx-auto max-w-5xl px-4 py-6 sm:px-8 sm:py-8">
          {notice ? (
            <div className="mb-4">
              <Alert tone="success">{notice}</Alert>
            </div>
          ) : null}
          {list.ok && person.ok ? null : (
            <div className="mb-4">
              <Alert tone="warning">{t("partly")}</Alert>
            </div>
          )}
          {children}
        </div>
      </main>
      <Toaster />
    </div>
  );
}
