// Theme and language: cookies of this browser, not settings of the account, so that they also hold
// before anybody signs in.
import type { NextRequest } from "next/server";
import { formOf, refusal } from "@/lib/http/form-body";
import { isOwnRequest } from "@/lib/http/origin";
import { returnPath } from "@/lib/http/return-path";
import { isLocale, localeCookie } from "@/lib/i18n/locale";
import { cookieScope, serializeCookie } from "@/lib/session/cookies";
import { clientOf } from "@/lib/session/request";
import { settings } from "@/lib/settings";
import { isTheme, themeCookie } from "@/lib/theme";
import { problems } from "@/server/problems.mjs";

const year = 365 * 86_400;

export async function POST(request: NextRequest): Promise<Response> {
  const { publicUrl, trustedProxies } = settings();
  const client = clientOf(request.headers, trustedProxies);
  if (!isOwnRequest(request.headers, publicUrl)) return refusal(problems.foreignOrigin, client);
  const form = await formOf(request);
  if (!form) return refusal(problems.noForm, client);
  const theme = form.get("theme");
  const locale = form.get("locale");
  const back = form.get("back");
  const to = returnPath(typeof back === "string" ? back : null, "/");

  const json = (request.headers.get("accept") ?? "").startsWith("application/json");
  const headers = new Headers({ "cache-control": "no-store" });
  const keep = (name: string, value: string) => headers.append("set-cookie", serializeCookie(cookieScope(publicUrl), name, value, year));
  if (isTheme(theme)) keep(themeCookie, theme);
  if (isLocale(locale)) keep(localeCookie, locale);
  if (json) return Response.json({ ok: true, to }, { headers });
  headers.set("location", to);
  return new Response(null, { status: 303, headers });
}
