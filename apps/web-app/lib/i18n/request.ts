// next-intl's request configuration. Messages stay on the server: client components get sentences.
import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { settings } from "@/lib/settings";
import { chooseLocale, localeCookie } from "./locale";
import { pseudoMessages } from "./pseudo";

type Messages = Parameters<typeof pseudoMessages>[0];

export default getRequestConfig(async () => {
  const [store, incoming] = await Promise.all([cookies(), headers()]);
  const wanted = store.get(localeCookie)?.value;
  const locale = chooseLocale(wanted, incoming.get("accept-language"));
  const { default: messages } = (await import(`../../messages/${locale}.json`)) as { default: Messages };
  const made = wanted === "pseudo" && settings().environment !== "production";
  return { locale, messages: made ? pseudoMessages(messages) : messages, timeZone: "UTC", now: new Date() };
});
