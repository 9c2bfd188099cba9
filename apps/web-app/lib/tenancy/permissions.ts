// What a role may do, to offer only what will work. The API decides; this merely follows it.
import type { Schema } from "@/lib/api/problem";

export type Role = Schema<"Role">;
export type Act = "members.manage" | "tenant.manage" | "audit.read" | "content.write";

const allowed: Record<Act, readonly Role[]> = {
  "members.manage": ["owner", "admin"],
  "tenant.manage": ["owner", "admin"],
  "audit.read": ["owner", "admin"],
  "content.write": ["owner", "admin", "member"],
};

export const roles: readonly Role[] = ["owner", "admin", "member", "viewer"];

export const may = (role: Role | null | undefined, act: Act): boolean => role != null && allowed[act].includes(role);
