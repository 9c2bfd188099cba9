// Runs before every page and handler: gives the request an id, a CSP nonce and a usable session.
//
// Sessions are refreshed here and nowhere else in a page's life, because Server Components cannot set
// cookies: the new cookies go onto the request, so the same render sees them, and onto the reply.
import { NextResponse, type NextRequest } from "next/server";
import { nextSpan } from "@/lib/api/trace";
import { contentSecurityPolicy, securityHeaders } from "@/lib/http/csp";
import { flashCookieWasShown } from "@/lib/http/flash";
import { withNext } from "@/lib/http/return-path";
import { cookieScope, serializeCookie, SessionJar } from "@/lib/session/cookies";
import { ensureSession } from "@/lib/session/ensure";
import { sessionNeed } from "@/lib/session/policy";
import { clientOf, handOver, requestIdFrom } from "@/lib/session/request";
import { isLoopback, settings } from "@/lib/settings";
import { tenantOfPath } from "@/lib/tenancy/slugs";

export const config = { matcher: "/((?!_next/static|api/health|icon.svg|robots.txt).*)" };

export async function proxy(request: NextRequest): Promise<Response> {
  const { publicUrl, secure, hosted, trustedProxies } = settings();
  const path = request.nextUrl.pathname;
  const headers = new Headers(request.headers);
  headers.delete(handOver.minted);
  headers.delete(handOver.unavailable);
  headers.set(handOver.requestId, requestIdFrom(request.headers.get(handOver.requestId)));
  headers.set(handOver.trace, nextSpan(request.headers.get(handOver.trace)));
  headers.set(handOver.path, path + withoutRouterParameters(request.nextUrl.searchParams));

  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, { secure, development: process.env.NODE_ENV === "development" });
  headers.set(handOver.nonce, nonce);
  headers.set("content-security-policy", policy);

  const scope = cookieScope(publicUrl);
  const jar = new SessionJar(scope, request.cookies.getAll());
  const finish = (response: Response): Response => {
    for (const cookie of jar.setCookies) response.headers.append("set-cookie", cookie);
    for (const [name, value] of Object.entries(securityHeaders(hosted))) response.headers.set(name, value);
    response.headers.set("content-security-policy", policy);
    response.headers.set("cache-control", "private, no-store");
    response.headers.set(handOver.requestId, headers.get(handOver.requestId) ?? "");
    return response;
  };
  const goTo = (target: string) => finish(new Response(null, { status: 303, headers: { location: new URL(target, publicUrl).href } }));

  const strayHost = isPageVisit(request) && isOtherLoopbackName(request, publicUrl);
  if (strayHost) return goTo(path + request.nextUrl.search);

  const need = sessionNeed(path);
  if (need !== "none") {
    const before = jar.setCookies.length;
    if (isPrefetch(request) && !jar.anyAccess(Date.now())) {
      // A prefetch must not rotate the family, and a redirect to sign-in must not be remembered.
      return finish(new Response(null, { status: 204 }));
    }
    const state = await ensureSession(jar, tenantOfPath(path), clientOf(headers, trustedProxies));
    if (need === "required" && (state === "anonymous" || state === "ended")) {
      const target = withNext("/sign-in", request.method === "GET" && !path.startsWith("/api/") ? (headers.get(handOver.path) ?? null) : null);
      if (wantsJson(request)) return finish(Response.json({ ok: false, redirect: target }, { status: 401 }));
      return goTo(state === "ended" ? `${target}${target.includes("?") ? "&" : "?"}ended=1` : target);
    }
    if (need === "required" && state === "unavailable") {
      if (path.startsWith("/api/")) headers.set(handOver.unavailable, "1");
      else return (isPageVisit(request) && (await unavailablePage(request, headers, finish))) || finish(rewriteToUnavailable(request, headers));
    }
    if (jar.setCookies.length > before) {
      headers.set("cookie", jar.cookieHeader);
      headers.set(handOver.minted, "1");
    }
  }

  const response = NextResponse.next({ request: { headers } });
  if (isPageVisit(request) && flashCookieWasShown(request.cookies.get(jar.names.flash)?.value)) {
    response.headers.append("set-cookie", serializeCookie(scope, jar.names.flash, "", 0));
  }
  return finish(response);
}

const rewriteToUnavailable = (request: NextRequest, headers: Headers) =>
  NextResponse.rewrite(new URL("/unavailable", request.url), { request: { headers } });

/**
 * The same page with the status that monitors and caches go by. A rewrite can't set one, so this process asks itself;
 * when that fails, the rewrite will do. The policy is the inner reply's, because the nonce in the page is.
 */
async function unavailablePage(request: NextRequest, headers: Headers, finish: (response: Response) => Response): Promise<Response | null> {
  const url = new URL("/unavailable", request.url);
  url.protocol = "http:";
  const kept = ["cookie", "accept-language", "user-agent", handOver.requestId].map((name) => [name, headers.get(name) ?? ""]);
  const page = await fetch(url, { headers: Object.fromEntries(kept), signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (!page?.ok) return null;
  const response = finish(new Response(page.body, { status: 503, headers: { "content-type": "text/html; charset=utf-8", "retry-after": "5" } }));
  response.headers.set("content-security-policy", page.headers.get("content-security-policy") ?? "default-src 'none'");
  return response;
}

/** A person looking at a page, as opposed to the router fetching parts of one. */
function isPageVisit(request: NextRequest): boolean {
  return request.method === "GET" && !request.headers.has("rsc") && (request.headers.get("accept") ?? "").includes("text/html");
}

function isPrefetch(request: NextRequest): boolean {
  const purpose = request.headers.get("sec-purpose") ?? request.headers.get("purpose") ?? "";
  return request.headers.has("next-router-prefetch") || purpose.includes("prefetch");
}

function wantsJson(request: NextRequest): boolean {
  return (request.headers.get("accept") ?? "").startsWith("application/json");
}

/** 127.0.0.1 for localhost: forms posted from there would fail the origin check, so move over first. */
function isOtherLoopbackName(request: NextRequest, publicUrl: URL): boolean {
  const host = request.headers.get("host") ?? "";
  if (host === publicUrl.host || !isLoopback(publicUrl.hostname) || !URL.canParse(`http://${host}`)) return false;
  const url = new URL(`http://${host}`);
  return isLoopback(url.hostname) && url.port === publicUrl.port;
}

function withoutRouterParameters(parameters: URLSearchParams): string {
  const kept = new URLSearchParams(parameters);
  kept.delete("_rsc");
  return kept.size > 0 ? `?${kept}` : "";
}
