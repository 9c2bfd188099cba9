// The signed hop from this server to the API: it tells the API who the browser is (address, user
// agent, request id) in headers the API can believe, because they carry an HMAC of WEB_TIER_SECRET
// over the request line and the time. Without a secret they go unsigned and the API ignores them.
import { createHmac } from "node:crypto";
import { nextSpan } from "./trace";

export type Client = {
  /** Empty when no trusted proxy told us; the API then limits by its own peer. */
  ip: string;
  userAgent: string;
  requestId: string;
  traceparent: string;
};

export type HopInput = { method: string; pathWithQuery: string; client: Client; secret: string; time: number };

export function hopSignature({ method, pathWithQuery, client, secret, time }: HopInput): string {
  const message = ["v1", time, method, pathWithQuery, client.ip, client.userAgent, client.requestId].join("\n");
  return createHmac("sha256", secret).update(message, "utf8").digest("hex");
}

export function hopHeaders(input: Omit<HopInput, "secret" | "time">, secrets: readonly string[], now: number): Record<string, string> {
  const { client } = input;
  const headers: Record<string, string> = { "X-Request-ID": client.requestId, traceparent: nextSpan(client.traceparent) };
  if (client.userAgent) headers["X-Client-User-Agent"] = client.userAgent;
  if (client.ip) headers["X-Client-IP"] = client.ip;
  const secret = secrets[0];
  if (secret) {
    const time = Math.floor(now / 1000);
    headers["X-Client-Time"] = String(time);
    headers["X-Client-Signature"] = hopSignature({ ...input, secret, time });
  }
  return headers;
}

/**
 * A user agent both sides see as the same bytes: header values are latin-1 on the wire and UTF-8 in
 * the HMAC, and fetch trims them, so only printable ASCII is kept.
 */
export function plainUserAgent(value: string | null): string {
  return (value ?? "").replace(/[^\x20-\x7e]/g, "?").trim().slice(0, 512).trim();
}

/**
 * The browser's address: each trusted proxy appends the peer it saw, so the right one is counted
 * from the end; everything before it is the client's own claim. Empty without trusted proxies: the
 * socket's peer is not visible to Next.js handlers.
 */
export function clientAddress(forwardedFor: string | null, trustedProxies: number): string {
  if (trustedProxies < 1) return "";
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim()).filter(Boolean);
  const hop = hops[hops.length - trustedProxies] ?? "";
  return /^[0-9a-fA-F:.]{2,45}$/.test(hop) ? hop : "";
}
