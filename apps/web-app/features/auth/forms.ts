// The work behind the forms of sign-up, verification, sign-in, reset and sign-out.
import "server-only";
import { done, ending, failed, formRoute } from "@/lib/http/form-route";
import { returnPath, withNext } from "@/lib/http/return-path";

export const signUp = formRoute({
  form: "sign-up",
  fields: ["display_name", "email", "invite_token"],
  secrets: ["password"],
  session: "none",
  page: ({ values }) => (values.invite_token ? `/sign-up?invite=${encodeURIComponent(values.invite_token)}` : "/sign-up"),
  async run({ values, call }) {
    const { display_name = "", email = "", password = "", invite_token } = values;
    const body = { display_name, email, password, ...(invite_token ? { invite_token } : {}) };
    const result = await call((api) => api.POST("/api/v1/auth/sign-up", { body }));
    return result.ok ? { ...done("/verify"), values: { email } } : failed(result.problem);
  },
});

export const verify = formRoute({
  form: "verify",
  fields: [],
  secrets: ["token"],
  session: "none",
  page: ({ values }) => `/verify?token=${encodeURIComponent(values.token ?? "")}`,
  async run({ values, call }) {
    const body = { token: values.token ?? "" };
    return ending(await call((api) => api.POST("/api/v1/auth/verify", { body })), "/sign-in", "emailVerified");
  },
});

export const resend = formRoute({
  form: "sign-up",
  fields: ["email"],
  session: "none",
  page: () => "/verify",
  async run({ values, call }) {
    const { email = "" } = values;
    const result = await call((api) => api.POST("/api/v1/auth/verify/resend", { body: { email } }));
    return result.ok ? { ...done("/verify", "verificationSent"), values: { email } } : failed(result.problem);
  },
});

export const signIn = formRoute({
  form: "sign-in",
  fields: ["email", "next"],
  secrets: ["password"],
  session: "none",
  page: ({ values }) => withNext("/sign-in", values.next ? returnPath(values.next) : null),
  async run({ values, call, jar }) {
    const { email = "", password = "" } = values;
    const body = { email, password, ...(jar.deviceToken ? { device_token: jar.deviceToken } : {}) };
    const result = await call((api) => api.POST("/api/v1/auth/sign-in", { body }));
    if (!result.ok) {
      return failed(result.problem, result.problem.code === "email.unverified" ? "/verify" : undefined);
    }
    // Whoever was signed in here before must leave nothing behind.
    jar.clear();
    jar.storeSession(result.value, Date.now());
    const { tenant } = result.value;
    return done(returnPath(values.next, tenant ? `/${tenant.slug}` : "/select"));
  },
});

export const forgot = formRoute({
  form: "forgot",
  fields: ["email"],
  session: "none",
  page: () => "/forgot",
  async run({ values, call }) {
    const body = { email: values.email ?? "" };
    return ending(await call((api) => api.POST("/api/v1/auth/forgot", { body })), "/forgot", "resetSent");
  },
});

export const reset = formRoute({
  form: "reset",
  fields: [],
  secrets: ["token", "password"],
  session: "none",
  page: ({ values }) => `/reset?token=${encodeURIComponent(values.token ?? "")}`,
  async run({ values, call }) {
    const body = { token: values.token ?? "", password: values.password ?? "" };
    return ending(await call((api) => api.POST("/api/v1/auth/reset", { body })), "/sign-in", "passwordReset");
  },
});

function signOutBy(path: "/api/v1/auth/sign-out" | "/api/v1/auth/sign-out-all") {
  return formRoute({
    form: "sign-out",
    fields: [],
    session: "person",
    page: () => "/select",
    async run({ call, jar }) {
      const result = await call((api) => api.POST(path));
      // A session that has ended already is what was asked for. On other failures the cookies stay,
      // because the session does too, and saying otherwise would be a lie.
      if (!result.ok && result.problem.status !== 401) return failed(result.problem);
      jar.clear();
      return done("/sign-in", "signedOut");
    },
  });
}

export const signOut = signOutBy("/api/v1/auth/sign-out");
export const signOutAll = signOutBy("/api/v1/auth/sign-out-all");

export const acceptInvite = formRoute({
  form: "accept-invite",
  fields: [],
  secrets: ["token"],
  session: "person",
  page: ({ values }) => `/invite/${encodeURIComponent(values.token ?? "")}`,
  async run({ values, call }) {
    const body = { token: values.token ?? "" };
    const result = await call((api) => api.POST("/api/v1/auth/invites/accept", { body }));
    return result.ok ? done(`/${result.value.slug}`, "inviteAccepted") : failed(result.problem);
  },
});
