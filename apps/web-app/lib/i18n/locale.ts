// The language of a request: the cookie a person chose, else what the browser prefers.

export const locales = ["en", "de"] as const;
export type Locale = (typeof locales)[number];
export const fallbackLocale: Locale = "en";
export const localeCookie = "locale";

export const isLocale = (value: unknown): value is Locale => (locales as readonly unknown[]).includes(value);

export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie;
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((entry) => {
      const [tag = "", ...parameters] = entry.trim().toLowerCase().split(";");
      const weight = parameters.map((each) => each.trim()).find((each) => each.startsWith("q="));
      return { language: tag.split("-")[0] ?? "", weight: weight ? Number(weight.slice(2)) || 0 : 1 };
    })
    .filter((each) => each.weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return wanted.map((each) => each.language).find(isLocale) ?? fallbackLocale;
}
