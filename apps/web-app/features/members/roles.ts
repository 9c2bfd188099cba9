import { roles, type Role } from "@/lib/tenancy/permissions";

/** Nobody hands out more than they have: ownership is the owners' to give. */
export function grantableRoles(own: Role | undefined): Role[] {
  return roles.filter((role) => role !== "owner" || own === "owner");
}
