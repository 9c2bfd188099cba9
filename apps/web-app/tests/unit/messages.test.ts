import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createTranslator } from "next-intl";
import de from "@/messages/de.json";
import en from "@/messages/en.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(prefix + key, value);
    else for (const [path, text] of flat(value, `${prefix}${key}.`)) found.set(path, text);
  }
  return found;
}

const english = flat(en as Tree);
const german = flat(de as Tree);
const slots = (text: string) => [...text.matchAll(/\{(\w+)|<(\w+)>/g)].map((match) => match[1] ?? `<${match[2]}>`).sort();

describe("messages", () => {
  test("exist in both languages", () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("use the same slots in both languages", () => {
    for (const [key, text] of english) expect(slots(german.get(key) ?? ""), key).toEqual(slots(text));
  });

  test("none is empty, and German is not English", () => {
    for (const [key, text] of [...english, ...german]) expect(text.trim(), key).not.toBe("");
    const same = [...english].filter(([key, text]) => german.get(key) === text && text.length > 12).map(([key]) => key);
    expect(same).toEqual([]);
  });

  test("all can be formatted", () => {
    for (const [locale, messages] of [["en", en], ["de", de]] as const) {
      const translate = createTranslator({
        locale,
        messages,
        onError: (error) => {
          throw error;
        },
      }) as unknown as { rich: (key: string, values: unknown) => unknown };
      const values = new Proxy({}, { get: (_, name) => (/^(link|strong|time)$/.test(String(name)) ? (chunks: unknown) => chunks : "x"), has: () => true, ownKeys: () => ["link", "strong", "time"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
      for (const key of english.keys()) expect(() => translate.rich(key, { ...values, ...Object.fromEntries(slots(english.get(key) ?? "").map((slot) => [slot.replace(/[<>]/g, ""), slot.startsWith("<") ? (chunks: unknown) => chunks : "x"])) }), key).not.toThrow();
    }
  });
});

/** Every source file that may put text on a page. */
function sources(folder: URL): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = new URL(name, folder);
    if (statSync(path).isDirectory()) return sources(new URL(`${encodeURIComponent(name)}/`, folder));
    return /\.tsx$/.test(name) ? [path.pathname] : [];
  });
}

describe("no text bypasses the messages", () => {
  const root = new URL("../../", import.meta.url);
  const files = ["app/", "components/", "features/"].flatMap((folder) => sources(new URL(folder, root)));

  test.each(files.map((file) => [decodeURIComponent(file.slice(root.pathname.length)), decodeURIComponent(file)]))("%s", (_, file) => {
    const code = readFileSync(file, "utf8");
    // Words between tags or in attributes people hear or see; symbols and numbers are nobody's language.
    const between = [...code.matchAll(/(?<!=)>\s*([A-Z][a-z]{2,}[^<>{}=;()]*)</g)].map((match) => match[1]);
    const attributes = [...code.matchAll(/(?:aria-label|placeholder|title|alt)="([^"]*[A-Za-z]{3,}[^"]*)"/g)].map((match) => match[1]);
    expect([...between, ...attributes]).toEqual([]);
  });
});
