// Where to go after signing in. The value comes from a URL, so it may be anybody's: only a path of
// this very app is accepted, everything else becomes the fallback.
const base = "http://return.invalid";

export function returnPath(value: string | null | undefined, fallback = "/select"): string {
  // Browsers drop tabs and newlines from URLs and read a backslash as a slash, so both would turn
  // "/\example.com" into another host.
  if (!value || value.length > 512 || !value.startsWith("/") || /[\x00-\x20\\\x7f]/.test(value)) return fallback;
  if (!URL.canParse(value, base)) return fallback;
  const url = new URL(value, base);
  if (url.origin !== base || url.pathname.startsWith("//")) return fallback;
  // A handler is no page, and coming back to an entrance after passing it would be a loop.
  if (/^\/(api|sign-in|sign-up)(\/|$)/.test(url.pathname)) return fallback;
  return url.pathname + url.search;
}

export function withNext(path: string, next: string | null): string {
  return next ? `${path}?next=${encodeURIComponent(next)}` : path;
}
