import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { apiClient, resultOf } from "@/lib/api/client";
import { clientSource } from "../../scripts/client-source.mjs";

const root = new URL("../../", import.meta.url);

test("the typed client is the one openapi.json describes", async () => {
  const committed = await readFile(new URL("lib/api/schema.d.ts", root), "utf8");
  expect(committed).toBe(await clientSource(new URL("openapi.json", root)));
});

afterEach(() => vi.unstubAllGlobals());

test("every call carries who asks and on whose behalf", async () => {
  let seen: Request | undefined;
  vi.stubGlobal("fetch", (request: Request) => {
    seen = request;
    return Promise.resolve(Response.json({ items: [], next_cursor: null }, { headers: { etag: '"1"' } }));
  });
  const client = { ip: "203.0.113.7", userAgent: "Test/1", requestId: "request-1", traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
  const api = apiClient(client, { accessToken: "token", fromBrowser: false });
  const result = await resultOf(api.GET("/api/v1/tenants", { params: { query: { limit: 5 } } }), "request-1");
  expect(result).toEqual({ ok: true, value: { items: [], next_cursor: null }, etag: '"1"' });
  expect(new URL(seen?.url ?? "").search).toBe("?limit=5");
  expect(Object.fromEntries(seen?.headers ?? [])).toMatchObject({
    authorization: "Bearer token",
    "x-client-ip": "203.0.113.7",
    "x-client-user-agent": "Test/1",
    "x-request-id": "request-1",
    traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/),
  });
  expect(seen?.headers.has("x-session-confirm")).toBe(false);
});
