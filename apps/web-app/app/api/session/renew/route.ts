// A page met a token the API no longer takes (a role changed, a session was revoked) and cannot set
// cookies itself, so it sends the browser here: refresh, then back, or to sign-in when it is over.
import type { NextRequest } from "next/server";
import { returnPath, withNext } from "@/lib/http/return-path";
import { cookieScope, serializeCookie, SessionJar } from "@/lib/session/cookies";
import { ensureSession } from "@/lib/session/ensure";
import { clientOf } from "@/lib/session/request";
import { settings } from "@/lib/settings";
import { tenantOfPath } from "@/lib/tenancy/slugs";

export async function GET(request: NextRequest): Promise<Response> {
  const { publicUrl, trustedProxies } = settings();
  const scope = cookieScope(publicUrl);
  const jar = new SessionJar(scope, request.cookies.getAll());
  const next = returnPath(request.nextUrl.searchParams.get("next"));
  const marker = `${jar.names.session}-renewed`;
  const refused = request.nextUrl.searchParams.get("refused");
  if (refused !== null && refused !== jar.mark) {
    // Another tab was here first: the tokens that were refused are not the ones held any more.
    return new Response(null, { status: 303, headers: { location: next, "cache-control": "no-store" } });
  }
  // What a renewal has just brought was refused as well: stop, instead of circling.
  const circling = request.cookies.get(marker)?.value === jar.mark;
  const state = circling ? "unavailable" : await ensureSession(jar, tenantOfPath(next), clientOf(request.headers, trustedProxies), { force: true });

  const over = state === "anonymous" || state === "ended";
  const target = over ? `${withNext("/sign-in", next)}&ended=1` : state === "unavailable" ? "/unavailable" : next;
  const headers = new Headers({ location: target, "cache-control": "no-store" });
  for (const cookie of jar.setCookies) headers.append("set-cookie", cookie);
  headers.append("set-cookie", serializeCookie(scope, marker, jar.mark, circling || over ? 0 : 5));
  return new Response(null, { status: 303, headers });
}
