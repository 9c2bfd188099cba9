// The server side of a form's first rendering: what the redirect after an error left in the flash
// cookie, in the person's language.
import "server-only";
import { cookies } from "next/headers";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import type { FormState } from "@/components/ui/form";
import { problemWords } from "@/lib/i18n/problems";
import { cookieNames, cookieScope } from "@/lib/session/cookies";
import { settings } from "@/lib/settings";
import { decodeFlash } from "./flash";

const flash = cache(async () => {
  const name = cookieNames(cookieScope(settings().publicUrl)).flash;
  return decodeFlash((await cookies()).get(name)?.value);
});

export async function formState(form: string): Promise<FormState> {
  const [left, words] = await Promise.all([flash(), problemWords()]);
  if (left?.form !== form) return { fields: {}, values: {} };
  const fields = Object.entries(left.fields ?? {}).map(([name, code]) => [name, words.field(code)]);
  return {
    error: left.error ? words.problem(left.error) : undefined,
    fields: Object.fromEntries(fields) as Record<string, string>,
    values: left.values ?? {},
    requestId: left.error ? left.requestId : undefined,
  };
}

/** The sentence for a finished work that led to this page, if one did. */
export async function flashNotice(): Promise<string | undefined> {
  const left = await flash();
  if (!left?.notice || !/^[a-zA-Z]+$/.test(left.notice)) return undefined;
  const notices = (await getTranslations("notices")) as unknown as { (key: string): string; has: (key: string) => boolean };
  return notices.has(left.notice) ? notices(left.notice) : undefined;
}
