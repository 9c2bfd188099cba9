// The typed client of the API. One place adds what every call carries: the bearer token, the signed
// hop, a time limit; and one place turns a reply, or the lack of one, into a Result.
import createClient, { type Client as OpenApiClient } from "openapi-fetch";
import { settings } from "@/lib/settings";
import { hopHeaders, type Client } from "./hop";
import { problemFrom, unavailable, type Result } from "./problem";
import type { paths } from "./schema";

export type ApiClient = OpenApiClient<paths>;

export type Credentials = {
  accessToken: string;
  /** True when the token came back in the browser's cookie: the API may then take the rotation as
   *  delivered (a token minted while serving this very request proves nothing). */
  fromBrowser: boolean;
};

const patience = 10_000;

export function apiClient(client: Client, credentials?: Credentials): ApiClient {
  const { apiUrl, hopSecrets } = settings();
  return createClient<paths>({
    baseUrl: apiUrl.origin,
    cache: "no-store",
    fetch: (request: Request) => {
      const url = new URL(request.url);
      const hop = { method: request.method, pathWithQuery: url.pathname + url.search, client };
      for (const [name, value] of Object.entries(hopHeaders(hop, hopSecrets, Date.now()))) request.headers.set(name, value);
      if (credentials) {
        request.headers.set("Authorization", `Bearer ${credentials.accessToken}`);
        if (credentials.fromBrowser) request.headers.set("X-Session-Confirm", "1");
      }
      return fetch(request, { signal: AbortSignal.timeout(patience) });
    },
  });
}

type Reply<T> = { data?: T; error?: unknown; response: Response };

/** Awaits a call of the client. A refused connection or a time-out is the problem `unavailable`. */
export async function resultOf<T>(call: Promise<Reply<T>>, requestId: string): Promise<Result<T>> {
  let reply: Reply<T>;
  try {
    reply = await call;
  } catch {
    return { ok: false, problem: unavailable(requestId) };
  }
  const { data, error, response } = reply;
  if (!response.ok) return { ok: false, problem: problemFrom(error, response, requestId) };
  return { ok: true, value: data as T, etag: response.headers.get("etag") };
}
