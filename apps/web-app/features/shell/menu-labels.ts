import { getLocale, getTranslations } from "next-intl/server";
import { locales } from "@/lib/i18n/locale";
import { theme, themes } from "@/lib/theme";

export type MenuLabels = Awaited<ReturnType<typeof menuLabels>>;

/** What the person's menu says, with the choices of this browser marked. */
export async function menuLabels() {
  const [t, p, locale, chosen] = await Promise.all([getTranslations("shell"), getTranslations("preferences"), getLocale(), theme()]);
  return {
    account: t("account"),
    security: t("security"),
    sessions: t("sessions"),
    signOut: t("signOut"),
    theme: { name: "theme", label: p("theme"), value: chosen as string, options: themes.map((each) => ({ value: each as string, label: p(`themes.${each}`) })) },
    locale: { name: "locale", label: p("language"), value: locale as string, options: locales.map((each) => ({ value: each as string, label: p(`locales.${each}`) })) },
  };
}
