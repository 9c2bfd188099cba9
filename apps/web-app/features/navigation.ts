// Every page of a tenant, in the order of the sidebar. A feature adds one line here and a key to the
// messages under `navigation`; sidebar and command palette both read this list.
import { BoxIcon, HomeIcon, SettingsIcon, UsersIcon, type Icon } from "@/components/ui/icons";
import type { Act } from "@/lib/tenancy/permissions";

export type NavigationEntry = { key: string; path: string; icon: Icon; needs?: Act };

export const navigation = [
  { key: "dashboard", path: "", icon: HomeIcon },
  { key: "projects", path: "/projects", icon: BoxIcon },
  { key: "members", path: "/members", icon: UsersIcon },
  { key: "general", path: "/settings/general", icon: SettingsIcon },
] as const satisfies readonly NavigationEntry[];
