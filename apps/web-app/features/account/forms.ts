import "server-only";
import { ending, failed, formRoute } from "@/lib/http/form-route";

export const updateProfile = formRoute({
  form: "profile",
  fields: ["display_name"],
  session: "person",
  page: () => "/account/profile",
  async run({ values, call }) {
    const body = { display_name: values.display_name ?? "" };
    return ending(await call((api) => api.PATCH("/api/v1/users/me", { body })), "/account/profile", "saved");
  },
});

export const changePassword = formRoute({
  form: "password",
  fields: [],
  secrets: ["current_password", "new_password"],
  session: "person",
  page: () => "/account/security",
  async run({ values, call }) {
    const body = { current_password: values.current_password ?? "", new_password: values.new_password ?? "" };
    const result = await call((api) => api.POST("/api/v1/users/me/password", { body }));
    if (!result.ok && result.problem.code === "credentials.invalid") {
      return failed({ ...result.problem, errors: [{ pointer: "/current_password", code: "wrong" }] });
    }
    return ending(result, "/account/security", "passwordChanged");
  },
});

export const revokeSession = formRoute<{ session: string }>({
  form: "revoke-session",
  fields: [],
  session: "person",
  page: () => "/account/sessions",
  async run({ params, call }) {
    const path = { session: params.session };
    const result = await call((api) => api.DELETE("/api/v1/users/me/sessions/{session}", { params: { path } }));
    return ending(result, "/account/sessions", "sessionRevoked");
  },
});
