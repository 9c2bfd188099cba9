import { getTranslations } from "next-intl/server";
import { SuspendedState } from "@/components/ui/states";
import { navigation, type NavigationEntry } from "@/features/navigation";
import { tenantSummary } from "@/features/shell/data";
import { Shell } from "@/features/shell/shell";
import { may } from "@/lib/tenancy/permissions";

export default async function TenantLayout({ params, children }: LayoutProps<"/[tenant]">) {
  const { tenant: slug } = await params;
  const [nav, summary] = await Promise.all([getTranslations("navigation"), tenantSummary(slug)]);
  const entries: readonly NavigationEntry[] = navigation;
  const items = entries
    .filter((entry) => !entry.needs || may(summary?.role, entry.needs))
    .map((entry) => ({
      key: entry.key,
      href: `/${slug}${entry.path}`,
      label: nav(entry.key as (typeof navigation)[number]["key"]),
      icon: <entry.icon />,
    }));
  return (
    <Shell slug={slug} heading={nav("workspace")} items={items}>
      {summary?.status === "suspended" ? <SuspendedState /> : children}
    </Shell>
  );
}
