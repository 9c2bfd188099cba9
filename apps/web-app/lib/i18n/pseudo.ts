// A made-up language for tests: accented, longer than English and in brackets. Text that shows up
// plain has bypassed the messages; text that is cut off has no room for real translations.

type Messages = { [key: string]: string | Messages };

const accents = new Map([..."aceinosuyAEIOU"].map((letter, index) => [letter, [..."àçéîñöšûýÅËÏÕÜ"][index] ?? letter]));

/** Slots like {name} and tags like <link> stay as they are. */
export function pseudo(text: string): string {
  const accented = text
    .split(/(\{[^}]*\}|<[^>]*>)/)
    .map((part) => (/^[{<]/.test(part) ? part : [...part].map((letter) => accents.get(letter) ?? letter).join("")))
    .join("");
  return `⟦${accented}${"·".repeat(Math.ceil(text.length * 0.3))}⟧`;
}

export function pseudoMessages(messages: Messages): Messages {
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [key, typeof value === "string" ? pseudo(value) : pseudoMessages(value)]),
  );
}
