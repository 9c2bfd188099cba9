// What proxy.ts learnt about a request and hands to pages and handlers. The headers are set on every
// request that passes the proxy, so a browser cannot send its own.
import { clientAddress, plainUserAgent, type Client } from "@/lib/api/hop";

export const handOver = {
  /** Path and query of the request, for "come back here". */
  path: "x-starter-path",
  /** Present when the proxy minted the access cookie of this request. */
  minted: "x-starter-minted",
  /** Present when the API could not be asked about the session of this form. */
  unavailable: "x-starter-unavailable",
  requestId: "x-request-id",
  trace: "traceparent",
  nonce: "x-nonce",
} as const;

export function clientOf(headers: Pick<Headers, "get">, trustedProxies: number): Client {
  return {
    ip: clientAddress(headers.get("x-forwarded-for"), trustedProxies),
    userAgent: plainUserAgent(headers.get("user-agent")),
    requestId: headers.get(handOver.requestId) ?? crypto.randomUUID(),
    traceparent: headers.get(handOver.trace) ?? "",
  };
}

/** A request id we may repeat in logs and headers; anything else is replaced. */
export function requestIdFrom(value: string | null): string {
  return value && /^[A-Za-z0-9._-]{8,64}$/.test(value) ? value : crypto.randomUUID();
}
