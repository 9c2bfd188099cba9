// The document every page lives in. `connection()` keeps all of them dynamic: the nonce of the
// content security policy is new in every reply, so no page may be rendered at build time.
import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { connection } from "next/server";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Labels } from "@/components/ui/labels";
import { theme } from "@/lib/theme";
import "./globals.css";

const inter = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-inter",
  display: "swap",
});

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("app");
  return {
    title: { default: t("name"), template: `%s · ${t("name")}` },
    description: t("description"),
    icons: { icon: "/icon.svg" },
    robots: { index: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fafafb" },
    { media: "(prefers-color-scheme: dark)", color: "#0d0e11" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const [locale, t, chosen] = await Promise.all([getLocale(), getTranslations("ui"), theme()]);
  const labels = {
    close: t("close"),
    failed: t("failed"),
    hidePassword: t("hidePassword"),
    requestId: t("requestId"),
    retry: t("retry"),
    showPassword: t("showPassword"),
    boundaryTitle: t("boundaryTitle"),
    boundaryText: t("boundaryText"),
    working: t("working"),
  };
  return (
    <html lang={locale} data-theme={chosen} className={inter.variable}>
      <body>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2 focus:shadow-pop"
        >
          {t("skip")}
        </a>
        <Labels value={labels}>{children}</Labels>
      </body>
    </html>
  );
}
