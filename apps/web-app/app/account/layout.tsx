import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { DeviceIcon, KeyIcon, UserIcon } from "@/components/ui/icons";
import { Shell } from "@/features/shell/shell";

export default async function AccountLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  const items = [
    { key: "profile", href: "/account/profile", label: t("account"), icon: <UserIcon /> },
    { key: "security", href: "/account/security", label: t("security"), icon: <KeyIcon /> },
    { key: "sessions", href: "/account/sessions", label: t("sessions"), icon: <DeviceIcon /> },
  ];
  return (
    <Shell slug={null} heading={t("yourAccount")} items={items}>
      {children}
    </Shell>
  );
}
