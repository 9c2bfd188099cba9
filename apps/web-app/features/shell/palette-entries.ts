// Everything the command palette offers: every page and action this person may use, here and now.
import { getTranslations } from "next-intl/server";
import { navigation, type NavigationEntry } from "@/features/navigation";
import type { Schema } from "@/lib/api/problem";
import { may, type Act } from "@/lib/tenancy/permissions";
import { themes } from "@/lib/theme";

export type PaletteEntry = { group: string; label: string } & (
  | { kind: "page"; href: string }
  | { kind: "theme"; value: string }
  | { kind: "sign-out" }
);

/** Actions that open a dialog on their page. A feature with one adds a line. */
const actions: readonly { key: "createProject" | "inviteMember"; path: string; needs: Act }[] = [
  { key: "createProject", path: "/projects?action=create", needs: "content.write" },
  { key: "inviteMember", path: "/members?action=invite", needs: "members.manage" },
];

export async function paletteEntries(slug: string | null, tenants: readonly Schema<"TenantSummary">[]): Promise<PaletteEntry[]> {
  const [t, nav, shell, p] = await Promise.all([
    getTranslations("palette"),
    getTranslations("navigation"),
    getTranslations("shell"),
    getTranslations("preferences"),
  ]);
  const role = tenants.find((tenant) => tenant.slug === slug)?.role;
  const here: readonly NavigationEntry[] = slug === null ? [] : navigation;
  const page = (group: string, label: string, href: string): PaletteEntry => ({ kind: "page", group, label, href });
  return [
    ...actions.filter((each) => slug !== null && may(role, each.needs)).map((each) => page(t("actions"), t(each.key), `/${slug}${each.path}`)),
    ...here
      .filter((entry) => !entry.needs || may(role, entry.needs))
      .map((entry) => page(t("pages"), nav(entry.key as (typeof navigation)[number]["key"]), `/${slug}${entry.path}`)),
    ...tenants.filter((tenant) => tenant.slug !== slug).map((tenant) => page(t("workspaces"), tenant.name, `/${tenant.slug}`)),
    page(t("workspaces"), shell("create"), "/select"),
    page(t("account"), shell("account"), "/account/profile"),
    page(t("account"), shell("security"), "/account/security"),
    page(t("account"), shell("sessions"), "/account/sessions"),
    ...themes.map((each): PaletteEntry => ({ kind: "theme", group: p("theme"), label: t("useTheme", { theme: p(`themes.${each}`) }), value: each })),
    { kind: "sign-out", group: t("account"), label: shell("signOut") },
  ];
}
