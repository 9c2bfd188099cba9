// Every mutation must come from a page of this app. SameSite=Lax keeps cookies off cross-site POSTs
// in current browsers; these two headers, which no page can forge, make it independent of that.

export function isOwnRequest(headers: Headers, publicUrl: URL): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  if (origin !== null) return origin === publicUrl.origin;
  return site === "same-origin";
}
