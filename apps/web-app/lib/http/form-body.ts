// The form in a request's body, and the answer when there is none. How much may come and how long it may take is held
// to at the port already (server/limits.mjs).
import type { Client } from "@/lib/api/hop";
import { problemDocument, type problems } from "@/server/problems.mjs";

/** Null for anything that is no form. */
export async function formOf(request: Request): Promise<FormData | null> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/.test(type)) return null;
  return request.formData().catch(() => null);
}

/** To whoever did not come by a form of ours. */
export function refusal(problem: (typeof problems)[keyof typeof problems], client: Client): Response {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
  return Response.json(problemDocument(problem, client.requestId), { status: problem.status, headers });
}
