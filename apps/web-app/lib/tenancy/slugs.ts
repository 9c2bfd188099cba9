// Slugs of tenants are the first segment of a path, so they must never collide with a page of the
// app or with a name that a person could take for an official one. The API refuses the same list.
import list from "./reserved-slugs.json";

const reserved: ReadonlySet<string> = new Set(list);

export const isReserved = (slug: string): boolean => reserved.has(slug);

/** 3 to 40 lower-case letters, digits and single inner hyphens, beginning with a letter; not reserved. As in the API. */
export function isTenantSlug(segment: string): boolean {
  return /^(?=.{3,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(segment) && !reserved.has(segment);
}

/** The tenant a path belongs to: /<slug>/... for pages, /api/tenants/<slug>/... for their forms. */
export function tenantOfPath(path: string): string | null {
  const [first = "", second = "", third = ""] = path.split("/").slice(1);
  const segment = first === "api" && second === "tenants" ? third : first;
  return isTenantSlug(segment) ? segment : null;
}
