// Which paths need somebody signed in. Everything that is not listed as open or optional and belongs
// to a tenant or to the person does.
import { tenantOfPath } from "@/lib/tenancy/slugs";

export type Need = "none" | "optional" | "required";

const personal = /^\/(select|account|api\/account|api\/tenants|api\/auth\/(sign-out|sign-out-all|invites))(\/|$)/;
const optional = /^\/invite\//;

export function sessionNeed(path: string): Need {
  if (personal.test(path) || tenantOfPath(path) !== null) return "required";
  return optional.test(path) ? "optional" : "none";
}
