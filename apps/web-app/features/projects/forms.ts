import "server-only";
import { done, ending, failed, formRoute } from "@/lib/http/form-route";

const page = ({ params }: { params: { tenant: string } }) => `/${params.tenant}/projects`;

export const createProject = formRoute<{ tenant: string }>({
  form: "create-project",
  fields: ["name"],
  secrets: ["idempotency_key"],
  session: "tenant",
  page,
  async run({ values, params, tenant, call }) {
    const header = { "Idempotency-Key": values.idempotency_key || crypto.randomUUID() };
    const body = { name: values.name ?? "" };
    const result = await call((api) =>
      api.POST("/api/v1/tenants/{tenant}/projects", { params: { path: { tenant: tenant.id }, header }, body }),
    );
    return result.ok ? done(page({ params }), "created") : failed(result.problem);
  },
});

export const renameProject = formRoute<{ tenant: string; project: string }>({
  form: "rename-project",
  fields: ["name", "version"],
  session: "tenant",
  page,
  async run({ values, params, tenant, call }) {
    const path = { tenant: tenant.id, project: params.project };
    const header = { "If-Match": `"${values.version ?? ""}"` };
    const body = { name: values.name ?? "" };
    const result = await call((api) => api.PATCH("/api/v1/tenants/{tenant}/projects/{project}", { params: { path, header }, body }));
    return ending(result, page({ params }), "saved");
  },
});

export const archiveProject = formRoute<{ tenant: string; project: string }>({
  form: "archive-project",
  fields: [],
  session: "tenant",
  page,
  async run({ params, tenant, call }) {
    const path = { tenant: tenant.id, project: params.project };
    const result = await call((api) => api.POST("/api/v1/tenants/{tenant}/projects/{project}/archive", { params: { path } }));
    return ending(result, page({ params }), "archived");
  },
});
