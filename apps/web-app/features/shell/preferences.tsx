// Theme and language for visitors: plain forms, so they work everywhere.
import { getLocale, getTranslations } from "next-intl/server";
import { pageContext } from "@/lib/session/current";
import { locales } from "@/lib/i18n/locale";
import { theme, themes } from "@/lib/theme";

export async function Preferences() {
  const [t, locale, chosen, { path }] = await Promise.all([getTranslations("preferences"), getLocale(), theme(), pageContext()]);
  const look = (on: boolean) =>
    `rounded-sm px-1.5 py-1 text-xs ${on ? "bg-sunken font-medium text-ink" : "text-muted hover:text-ink"}`;
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-2">
      <form method="post" action="/api/preferences" className="flex gap-0.5" aria-label={t("theme")}>
        <input type="hidden" name="back" value={path} />
        {themes.map((each) => (
          <button key={each} name="theme" value={each} aria-pressed={each === chosen} className={look(each === chosen)}>
            {t(`themes.${each}`)}
          </button>
        ))}
      </form>
      <form method="post" action="/api/preferences" className="flex gap-0.5" aria-label={t("language")}>
        <input type="hidden" name="back" value={path} />
        {locales.map((each) => (
          <button key={each} name="locale" value={each} lang={each} aria-pressed={each === locale} className={look(each === locale)}>
            {t(`locales.${each}`)}
          </button>
        ))}
      </form>
    </div>
  );
}
