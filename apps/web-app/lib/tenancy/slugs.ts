// Slugs of tenants are the first segment of a path, so they must never collide with a page of the
// app or with a name that a person could take for an official one. The API refuses the same list.
const reserved = new Set(
  `about account accounts admin api app assets auth billing blog changelog contact dashboard dev docs
   download favicon features forgot health help home icon images invite invites legal login logout mail me
   members metrics new next ops organization organizations pricing privacy profile project projects public
   register reset robots security select settings setup sign-in sign-out sign-up signin signout signup
   sitemap starter static status support system team teams tenant tenants terms user users verify
   well-known workspace workspaces www`.split(/\s+/),
);

export const isReserved = (slug: string): boolean => reserved.has(slug);

/** 2 to 48 characters, lower case, digits and inner hyphens, not reserved. */
export function isTenantSlug(segment: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])$/.test(segment) && !reserved.has(segment);
}

/** The tenant a path belongs to: /<slug>/... for pages, /api/tenants/<slug>/... for their forms. */
export function tenantOfPath(path: string): string | null {
  const [first = "", second = "", third = ""] = path.split("/").slice(1);
  const segment = first === "api" && second === "tenants" ? third : first;
  return isTenantSlug(segment) ? segment : null;
}
