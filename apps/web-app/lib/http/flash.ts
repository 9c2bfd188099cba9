// What a page has to say after a form's redirect: a notice, or the errors and the values of the form
// that failed. It travels in a short-lived cookie, never in the URL, where it would stay in histories
// and could be made up by a link. Codes, not sentences: the page finds the words in its language.

export type Flash = {
  /** The form it is about, such as "sign-in"; empty for a notice. */
  form: string;
  notice?: string;
  error?: string;
  fields?: Record<string, string>;
  values?: Record<string, string>;
  requestId?: string;
};

/** Browsers refuse cookies above 4 KiB; long values are dropped before that. */
const mostBytes = 3000;
export const flashSeconds = 60;

export function encodeFlash(flash: Flash): string {
  const encode = (each: Flash) => Buffer.from(JSON.stringify(each)).toString("base64url");
  const whole = encode(flash);
  return whole.length <= mostBytes ? whole : encode({ ...flash, values: {} });
}

export function decodeFlash(value: string | undefined): Flash | null {
  if (!value || value.length > mostBytes + 1000) return null;
  try {
    const flash: unknown = JSON.parse(Buffer.from(value, "base64url").toString("utf8"));
    if (typeof flash !== "object" || flash === null || typeof (flash as Flash).form !== "string") return null;
    return flash as Flash;
  } catch {
    return null;
  }
}

/** The page that is being rendered shows it; the cookie goes with the reply. */
export const flashCookieWasShown = (value: string | undefined): boolean => value !== undefined && value !== "";
