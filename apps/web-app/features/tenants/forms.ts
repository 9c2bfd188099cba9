import "server-only";
import { done, failed, formRoute } from "@/lib/http/form-route";

export const createTenant = formRoute({
  form: "create-tenant",
  fields: ["name", "slug"],
  secrets: ["idempotency_key"],
  session: "person",
  page: () => "/select",
  async run({ values, call }) {
    const { name = "", slug, idempotency_key } = values;
    const header = { "Idempotency-Key": idempotency_key || crypto.randomUUID() };
    const body = { name, ...(slug ? { slug } : {}) };
    const result = await call((api) => api.POST("/api/v1/tenants", { params: { header }, body }));
    if (result.ok) return done(`/${result.value.slug}`, "tenantCreated");
    // A taken address is said where it can be mended.
    const taken = result.problem.code === "tenant.slug_taken";
    return failed(taken ? { ...result.problem, errors: [{ pointer: "/slug", code: "taken" }] } : result.problem);
  },
});

export const renameTenant = formRoute<{ tenant: string }>({
  form: "rename-tenant",
  fields: ["name", "version"],
  session: "tenant",
  page: ({ params }) => `/${params.tenant}/settings/general`,
  async run({ values, tenant, call }) {
    const params = { path: { tenant: tenant.id }, header: { "If-Match": `"${values.version ?? ""}"` } };
    const result = await call((api) => api.PATCH("/api/v1/tenants/{tenant}", { params, body: { name: values.name ?? "" } }));
    return result.ok ? done(`/${tenant.slug}/settings/general`, "saved") : failed(result.problem);
  },
});
