import "server-only";
import { done, ending, failed, formRoute } from "@/lib/http/form-route";
import { roles, type Role } from "@/lib/tenancy/permissions";

const page = ({ params }: { params: { tenant: string } }) => `/${params.tenant}/members`;
// What the API would refuse anyway falls back to the least a member can be.
const roleOf = (value: string | undefined): Role => roles.find((role) => role === value) ?? "viewer";

export const inviteMember = formRoute<{ tenant: string }>({
  form: "invite-member",
  fields: ["email", "role"],
  secrets: ["idempotency_key"],
  session: "tenant",
  page,
  async run({ values, params, tenant, call }) {
    const header = { "Idempotency-Key": values.idempotency_key || crypto.randomUUID() };
    const body = { email: values.email ?? "", role: roleOf(values.role) };
    const result = await call((api) =>
      api.POST("/api/v1/tenants/{tenant}/invites", { params: { path: { tenant: tenant.id }, header }, body }),
    );
    if (result.ok) return done(page({ params }), "invited");
    const exists = result.problem.code === "invite.exists";
    return failed(exists ? { ...result.problem, errors: [{ pointer: "/email", code: "invited" }] } : result.problem);
  },
});

export const revokeInvite = formRoute<{ tenant: string; invite: string }>({
  form: "revoke-invite",
  fields: [],
  session: "tenant",
  page,
  async run({ params, tenant, call }) {
    const path = { tenant: tenant.id, invite: params.invite };
    return ending(await call((api) => api.DELETE("/api/v1/tenants/{tenant}/invites/{invite}", { params: { path } })), page({ params }), "inviteRevoked");
  },
});

export const changeRole = formRoute<{ tenant: string; user: string }>({
  form: "change-role",
  fields: ["role"],
  session: "tenant",
  page,
  async run({ values, params, tenant, call }) {
    const path = { tenant: tenant.id, user: params.user };
    const body = { role: roleOf(values.role) };
    return ending(await call((api) => api.PATCH("/api/v1/tenants/{tenant}/members/{user}", { params: { path }, body })), page({ params }), "roleChanged");
  },
});

export const removeMember = formRoute<{ tenant: string; user: string }>({
  form: "remove-member",
  fields: ["self"],
  session: "tenant",
  page,
  async run({ values, params, tenant, call }) {
    const path = { tenant: tenant.id, user: params.user };
    const result = await call((api) => api.DELETE("/api/v1/tenants/{tenant}/members/{user}", { params: { path } }));
    // Who leaves can no longer see the list they left.
    return ending(result, values.self === "1" ? "/select" : page({ params }), values.self === "1" ? "left" : "memberRemoved");
  },
});
