// next-intl's request configuration. Messages stay on the server: client components get sentences.
import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { chooseLocale, localeCookie } from "./locale";

export default getRequestConfig(async () => {
  const [store, incoming] = await Promise.all([cookies(), headers()]);
  const locale = chooseLocale(store.get(localeCookie)?.value, incoming.get("accept-language"));
  const { default: messages } = (await import(`../../messages/${locale}.json`)) as { default: Record<string, never> };
  return { locale, messages, timeZone: "UTC", now: new Date() };
});
