// Mutations: HTML forms posting to route handlers.
//
// One handler serves two callers. A plain form gets 303 to a page, with what to say in the flash
// cookie; the enhanced form (components/ui/form.tsx) asks for JSON and shows the same in place.
// Both pass the same checks in the same order: origin, form, session, then the route's own work.
import "server-only";
import type { NextRequest } from "next/server";
import { getTranslations } from "next-intl/server";
import { apiClient, resultOf, type ApiClient } from "@/lib/api/client";
import type { Client } from "@/lib/api/hop";
import { fieldErrors, unavailable, type Problem, type Result } from "@/lib/api/problem";
import { problemWords } from "@/lib/i18n/problems";
import { cookieScope, serializeCookie, SessionJar } from "@/lib/session/cookies";
import { ensureSession } from "@/lib/session/ensure";
import { clientOf, handOver } from "@/lib/session/request";
import { claimsOf } from "@/lib/session/tokens";
import { settings } from "@/lib/settings";
import { problems } from "@/server/problems.mjs";
import { encodeFlash, flashSeconds, type Flash } from "./flash";
import { formOf, refusal } from "./form-body";
import { isOwnRequest } from "./origin";
import { withNext } from "./return-path";

export type Values = Record<string, string>;
type Params = Record<string, string>;
type Call<T> = Parameters<typeof resultOf<T>>[0];

export type FormContext<P extends Params> = {
  request: NextRequest;
  params: P;
  values: Values;
  client: Client;
  jar: SessionJar;
  /** Slug and id of the tenant in the path; empty outside a tenant. */
  tenant: { slug: string; id: string };
  /** Calls the API in the session of the form; a stale token is refreshed and the call repeated once. */
  call: <T>(make: (api: ApiClient) => Call<T>) => Promise<Result<T>>;
};

export type Outcome =
  | { done: true; to: string; notice?: string; values?: Values }
  | { done: false; problem: Problem; to?: string };

export type FormSpec<P extends Params> = {
  /** Names the form in the flash cookie, such as "sign-in". */
  form: string;
  fields: readonly string[];
  /** Never kept, never trimmed, never sent back. */
  secrets?: readonly string[];
  session: "none" | "person" | "tenant";
  /** The page of the form, shown again after an error. */
  page: (context: { params: P; values: Values }) => string;
  run: (context: FormContext<P>) => Promise<Outcome>;
};

export const done = (to: string, notice?: string): Outcome => ({ done: true, to, notice });
export const failed = (problem: Problem, to?: string): Outcome => ({ done: false, problem, to });

/** The usual ending: the page with a notice, or the form with its errors. */
export function ending<T>(result: Result<T>, to: string, notice?: string): Outcome {
  return result.ok ? done(to, notice) : failed(result.problem);
}

export function formRoute<P extends Params = Params>(spec: FormSpec<P>) {
  return async (request: NextRequest, context: { params: Promise<P> }): Promise<Response> => {
    const { publicUrl, trustedProxies } = settings();
    const client = clientOf(request.headers, trustedProxies);
    if (!isOwnRequest(request.headers, publicUrl)) return refusal(problems.foreignOrigin, client);
    const form = await formOf(request);
    if (!form) return refusal(problems.noForm, client);

    const values = valuesOf(form, spec);
    const params = await context.params;
    const jar = new SessionJar(cookieScope(publicUrl), request.cookies.getAll(), request.headers.has(handOver.minted));
    const slug = spec.session === "tenant" ? (params.tenant ?? "") : null;
    const reply = new Reply(request, spec, jar);

    const token = () => (slug === null ? jar.anyAccess(Date.now(), 0) : jar.access(slug));
    const held = token();
    const tenantId = held ? claimsOf(held)?.tenantId : null;
    if (spec.session !== "none" && request.headers.has(handOver.unavailable)) {
      return reply.failure(unavailable(client.requestId), { params, values });
    }
    if (spec.session === "tenant" && (slug === null || !tenantId)) {
      return reply.failure({ ...unavailable(client.requestId), status: 404, code: "tenant.not_found" }, { params, values });
    }

    const call = async <T>(make: (api: ApiClient) => Call<T>): Promise<Result<T>> => {
      const attempt = () => {
        const accessToken = spec.session === "none" ? undefined : token();
        const credentials = accessToken ? { accessToken, fromBrowser: jar.cameFromBrowser(accessToken) } : undefined;
        return resultOf<T>(make(apiClient(client, credentials)), client.requestId);
      };
      const first = await attempt();
      if (first.ok || first.problem.status !== 401 || spec.session === "none") return first;
      const renewed = await ensureSession(jar, slug, client, { force: true });
      return renewed === "ready" ? attempt() : first;
    };

    const tenant = { slug: slug ?? "", id: tenantId ?? "" };
    const outcome = await spec.run({ request, params, values, client, jar, tenant, call });
    if (outcome.done) return reply.success(outcome);
    if (outcome.problem.status === 401 && spec.session !== "none") return reply.signIn();
    return reply.failure(outcome.problem, { params, values }, outcome.to);
  };
}

function valuesOf(form: FormData, spec: FormSpec<never>): Values {
  const values: Values = {};
  for (const name of [...spec.fields, ...(spec.secrets ?? [])]) {
    const value = form.get(name);
    const text = typeof value === "string" ? value : "";
    values[name] = spec.secrets?.includes(name) ? text : text.trim();
  }
  return values;
}

/** Answers one request in the way its caller asked for. */
class Reply<P extends Params> {
  readonly #json: boolean;
  readonly #leaves: boolean;

  constructor(
    request: NextRequest,
    private readonly spec: FormSpec<P>,
    private readonly jar: SessionJar,
  ) {
    this.#json = (request.headers.get("accept") ?? "").startsWith("application/json");
    this.#leaves = !this.#json || request.headers.has("x-leaves-page");
  }

  async success({ to, notice, values }: Extract<Outcome, { done: true }>): Promise<Response> {
    // Whoever leaves the page cannot show a toast on it: the next page shows the notice.
    const leaves = values !== undefined || (notice !== undefined && this.#leaves);
    const flash: Flash | null = leaves ? { form: values ? this.spec.form : "", notice, values } : null;
    if (!this.#json) return this.#redirect(to, flash);
    const words = notice ? ((await getTranslations("notices")) as unknown as (key: string) => string) : null;
    return this.#answer(200, { ok: true, to, notice: notice && words ? words(notice) : undefined }, flash);
  }

  async failure(problem: Problem, context: { params: P; values: Values }, to?: string): Promise<Response> {
    const fields = fieldErrors(problem, [...this.spec.fields, ...(this.spec.secrets ?? [])]);
    const { "": general, ...own } = fields;
    // With errors at the fields, the form's own sentence would only repeat "something is wrong".
    const error = Object.keys(own).length > 0 && general === undefined ? undefined : problem.code;
    // An id to quote makes sense where support can help, not beside a mistyped password.
    const requestId = problem.status >= 500 ? problem.requestId : undefined;
    const kept = Object.fromEntries(this.spec.fields.map((name) => [name, context.values[name] ?? ""]));
    const flash: Flash = { form: this.spec.form, error, fields: own, values: kept, requestId };
    if (this.#json) {
      const words = await problemWords();
      const sentences = Object.fromEntries(Object.entries(own).map(([field, code]) => [field, words.field(code)]));
      // 200: the enhanced form understands it, and a mistyped password is no error of the page, which
      // is how browsers would log any other status.
      const body = { ok: false, code: problem.code, error: error && words.problem(error), fields: sentences, requestId };
      return this.#answer(200, { ...body, to }, to ? flash : null);
    }
    return this.#redirect(to ?? this.spec.page(context), flash);
  }

  signIn(): Response {
    this.jar.clear();
    const to = `${withNext("/sign-in", null)}?ended=1`;
    return this.#json ? this.#answer(401, { ok: false, redirect: to }) : this.#redirect(to, null);
  }

  #redirect(to: string, flash: Flash | null): Response {
    return new Response(null, { status: 303, headers: this.#headers({ location: to }, flash) });
  }

  #answer(status: number, body: Record<string, unknown>, flash: Flash | null = null): Response {
    return Response.json(body, { status, headers: this.#headers({}, flash) });
  }

  #headers(own: Record<string, string>, flash: Flash | null): Headers {
    const headers = new Headers({ "cache-control": "no-store", ...own });
    for (const cookie of this.jar.setCookies) headers.append("set-cookie", cookie);
    if (flash) {
      const scope = cookieScope(settings().publicUrl);
      headers.append("set-cookie", serializeCookie(scope, this.jar.names.flash, encodeFlash(flash), flashSeconds));
    }
    return headers;
  }
}
