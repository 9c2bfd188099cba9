import { describe, expect, test } from "vitest";
import { fieldErrors, problemFrom, type Problem } from "@/lib/api/problem";
import { contentSecurityPolicy, securityHeaders } from "@/lib/http/csp";
import { decodeFlash, encodeFlash } from "@/lib/http/flash";
import { refusal } from "@/lib/http/form-body";
import { isOwnRequest } from "@/lib/http/origin";
import { returnPath } from "@/lib/http/return-path";
import { chooseLocale } from "@/lib/i18n/locale";
import { requestIdFrom } from "@/lib/session/request";
import { problems } from "@/server/problems.mjs";

describe("the way back after signing in", () => {
  test.each(["/acme", "/acme/projects?cursor=a%2Fb", "/invite/token", "/account/sessions"])("%s is kept", (path) => {
    expect(returnPath(path)).toBe(path);
  });

  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " /acme",
    "javascript:alert(1)",
    "acme",
    "/./ /evil",
    "/..//evil.example",
    "/.//evil.example",
    "/api/session/renew?next=/acme",
    "/sign-in",
    "/sign-in?next=/sign-in",
    "",
    `/${"x".repeat(600)}`,
    null,
    undefined,
  ])("%j becomes the fallback", (path) => expect(returnPath(path)).toBe("/select"));
});

describe("a mutation's origin", () => {
  const publicUrl = new URL("https://app.example.com");
  const own = (headers: Record<string, string>) => isOwnRequest(new Headers(headers), publicUrl);

  test.each([
    [{ origin: "https://app.example.com", "sec-fetch-site": "same-origin" }, true],
    [{ origin: "https://app.example.com" }, true],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{}, false],
    [{ origin: "null" }, false],
    [{ origin: "null", "sec-fetch-site": "same-origin" }, false],
    [{ origin: "http://app.example.com" }, false],
    [{ origin: "https://app.example.com.evil.example" }, false],
    [{ origin: "https://evil.example", "sec-fetch-site": "same-origin" }, false],
    [{ origin: "https://app.example.com", "sec-fetch-site": "cross-site" }, false],
    [{ origin: "https://app.example.com", "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "none" }, false],
  ])("%j is ours: %s", (headers, expected) => expect(own(headers as Record<string, string>)).toBe(expected));
});

describe("the content security policy", () => {
  const policy = contentSecurityPolicy("bm9uY2U=", { secure: true, development: false });

  test("allows scripts by nonce alone", () => {
    expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic';");
    expect(policy).not.toContain("unsafe-eval");
  });

  test("allows inline styles as attributes only", () => {
    expect(policy.match(/'unsafe-inline'/g)).toHaveLength(1);
    expect(policy).toContain("style-src-attr 'unsafe-inline'");
  });

  test.each(["object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "upgrade-insecure-requests"])(
    "says %s",
    (directive) => expect(policy.split("; ")).toContain(directive),
  );

  test("http in development is not upgraded", () => {
    expect(contentSecurityPolicy("x", { secure: false, development: true })).not.toContain("upgrade-insecure-requests");
  });

  test("strict transport is for hosted names, or localhost would never speak http again", () => {
    expect(securityHeaders(true)).toHaveProperty("Strict-Transport-Security");
    expect(securityHeaders(false)).not.toHaveProperty("Strict-Transport-Security");
  });
});

describe("problems", () => {
  const problem = (errors: Problem["errors"]): Problem => ({ status: 422, code: "request.invalid", requestId: "r", errors });

  test("stand at the field their pointer names; the first one wins", () => {
    const errors = [
      { pointer: "/email", code: "email" },
      { pointer: "/email", code: "required" },
      { pointer: "/nested/display_name", code: "too_long" },
      { pointer: "/elsewhere", code: "unknown_field" },
      { pointer: "", code: "whole" },
    ];
    expect(fieldErrors(problem(errors), ["email", "display_name"])).toEqual({ email: "email", display_name: "too_long", "": "unknown_field" });
  });

  test("escaped pointers are read", () => {
    expect(fieldErrors(problem([{ pointer: "/a~1b~0c", code: "x" }]), ["a/b~c"])).toEqual({ "a/b~c": "x" });
  });

  test("a reply that is no problem document is still one for the page", () => {
    const reply = new Response("<html>", { status: 502, headers: { "x-request-id": "from-proxy" } });
    expect(problemFrom("<html>", reply, "ours")).toEqual({ status: 502, code: "unavailable", requestId: "from-proxy", errors: [] });
  });

  test("Retry-After is carried", () => {
    const reply = new Response("{}", { status: 429, headers: { "retry-after": "30" } });
    expect(problemFrom({ code: "rate.limited", request_id: "r" }, reply, "ours")).toMatchObject({ code: "rate.limited", retryAfter: 30 });
  });
});

describe("a refusal of ours", () => {
  test.each(Object.values(problems))("$code says what is wrong and what to do", async (problem) => {
    const reply = refusal(problem, { ip: "", userAgent: "", requestId: "an-id-to-quote", traceparent: "" });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([problem.status, "application/problem+json"]);
    const { type, title, status, code, detail, request_id, ...others } = (await reply.json()) as Record<string, unknown>;
    expect({ type, status, code, request_id, others }).toEqual({ type: `urn:starter:problem:${problem.code}`, status: problem.status, code: problem.code, request_id: "an-id-to-quote", others: {} });
    expect(title).toMatch(/^[A-Z][^.]+ [^.]+$/);
    expect(detail).toMatch(/^[A-Z].+ .+\.$/);
  });
});

describe("the flash cookie", () => {
  test("survives the trip", () => {
    const flash = { form: "sign-in", error: "credentials.invalid", values: { email: "ä@example.com" } };
    expect(decodeFlash(encodeFlash(flash))).toEqual(flash);
  });

  test("stays below what browsers accept", () => {
    expect(encodeFlash({ form: "f", values: { a: "x".repeat(9000) } }).length).toBeLessThan(3500);
  });

  test.each(["", "not base64 json", "bnVsbA", "e30", undefined])("%j is nothing", (value) => expect(decodeFlash(value)).toBeNull());
});

describe("the language", () => {
  test.each([
    [undefined, null, "en"],
    [undefined, "de-AT,de;q=0.9,en;q=0.8", "de"],
    [undefined, "fr, de;q=0.2, en;q=0.4", "en"],
    [undefined, "de;q=0, en", "en"],
    ["de", "en", "de"],
    ["xx", "de", "de"],
  ])("cookie %s and header %s give %s", (cookie, header, expected) => expect(chooseLocale(cookie, header)).toBe(expected));
});

test("request ids from outside are used only when harmless", () => {
  expect(requestIdFrom("edge-0123456789")).toBe("edge-0123456789");
  expect(requestIdFrom("x\nInjected: 1")).toMatch(/^[0-9a-f-]{36}$/);
});
