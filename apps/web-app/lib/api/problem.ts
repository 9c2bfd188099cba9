// What the API answers: the value or a problem document. Pages and handlers branch on the result
// instead of catching, so that every failure has a place on the screen.
import type { components } from "./schema";

export type FieldProblem = { pointer: string; code: string; detail?: string };
export type Problem = {
  status: number;
  code: string;
  requestId: string;
  errors: FieldProblem[];
  /** Seconds, from Retry-After. */
  retryAfter?: number;
};
export type Result<T> = { ok: true; value: T; etag: string | null } | { ok: false; problem: Problem };

type Schemas = components["schemas"];
export type Schema<Name extends keyof Schemas> = Schemas[Name];

export const unavailable = (requestId: string): Problem => ({ status: 503, code: "unavailable", requestId, errors: [] });

export function problemFrom(body: unknown, response: Response, requestId: string): Problem {
  const document = (typeof body === "object" && body !== null ? body : {}) as Partial<Schema<"Problem">>;
  const retryAfter = Number(response.headers.get("retry-after"));
  return {
    status: response.status,
    code: typeof document.code === "string" ? document.code : response.status === 404 ? "not_found" : "unavailable",
    requestId: typeof document.request_id === "string" ? document.request_id : (response.headers.get("x-request-id") ?? requestId),
    errors: Array.isArray(document.errors) ? document.errors.filter(isFieldProblem) : [],
    ...(retryAfter > 0 ? { retryAfter } : {}),
  };
}

function isFieldProblem(value: unknown): value is FieldProblem {
  const each = value as FieldProblem | null;
  return typeof each?.pointer === "string" && typeof each.code === "string";
}

/**
 * Field errors by form field. A JSON pointer names a member of the request body; the form's fields
 * carry the same names, so the last segment is the field. What points nowhere in this form is
 * reported with the form as a whole (key "").
 */
export function fieldErrors(problem: Problem, fields: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const error of problem.errors) {
    const last = error.pointer.split("/").at(-1)?.replaceAll("~1", "/").replaceAll("~0", "~") ?? "";
    const field = fields.includes(last) ? last : "";
    found[field] ??= error.code;
  }
  return found;
}
