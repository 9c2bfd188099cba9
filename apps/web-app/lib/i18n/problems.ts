// Words for the codes of problem documents. A code without words of its own gets a general sentence,
// so a newer API never shows a raw code to a person.
import { getTranslations } from "next-intl/server";

type Words = { problem: (code: string) => string; field: (code: string) => string };

export async function problemWords(): Promise<Words> {
  const problems = await getTranslations("problems");
  const fields = await getTranslations("fieldProblems");
  return {
    problem: (code) => lookUp(problems, code, "unknown"),
    field: (code) => lookUp(fields, code, "invalid"),
  };
}

// Codes come from the API at run time, so the typed keys of next-intl cannot describe them.
type Lookup = { (key: never): string; has: (key: never) => boolean };

function lookUp(translate: unknown, code: string, fallback: string): string {
  const look = translate as Lookup;
  const key = (/^[a-z0-9_.]+$/.test(code) && look.has(code as never) ? code : fallback) as never;
  return look(key);
}
