import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { clientAddress, hopHeaders, hopSignature, plainUserAgent } from "@/lib/api/hop";

const client = { ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11)", requestId: "0192f3a4-7b1c-7d2e-8f30-112233445566", traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };

describe("the signed hop", () => {
  // The same vectors stand in the API's tests; a change on one side fails there or here.
  test.each([
    {
      name: "a read",
      input: { method: "GET", pathWithQuery: "/api/v1/tenants?limit=100", client, secret: "web-tier-secret-one-0123456789abcdef", time: 1_700_000_000 },
      signature: "8c409d34ec66cfbf69e6181a2f6dbb706f76b833579967f15610985514b2f8e1",
    },
    {
      name: "no address, no user agent",
      input: {
        method: "POST",
        pathWithQuery: "/api/v1/auth/sign-in",
        client: { ip: "", userAgent: "", requestId: "r-00000001", traceparent: "" },
        secret: "web-tier-secret-two-0123456789abcdef",
        time: 1_700_000_060,
      },
      signature: "1c77846e32dd71884d8a973737ad6fc47db7f7922cdd4e4b62aeb6d692fed89c",
    },
  ])("signs $name", ({ input, signature }) => expect(hopSignature(input)).toBe(signature));

  test("signs exactly the lines of the contract", () => {
    const message = `v1\n1700000000\nGET\n/api/v1/tenants\n${client.ip}\n${client.userAgent}\n${client.requestId}`;
    const expected = createHmac("sha256", "s").update(message).digest("hex");
    expect(hopSignature({ method: "GET", pathWithQuery: "/api/v1/tenants", client, secret: "s", time: 1_700_000_000 })).toBe(expected);
  });

  test("the first of two secrets signs", () => {
    const headers = hopHeaders({ method: "GET", pathWithQuery: "/x", client }, ["first", "second"], 1_700_000_000_999);
    expect(headers["X-Client-Time"]).toBe("1700000000");
    expect(headers["X-Client-Signature"]).toBe(hopSignature({ method: "GET", pathWithQuery: "/x", client, secret: "first", time: 1_700_000_000 }));
  });

  test("without a secret nothing claims to be signed", () => {
    const headers = hopHeaders({ method: "GET", pathWithQuery: "/x", client }, [], 0);
    expect(Object.keys(headers).sort()).toEqual(["X-Client-IP", "X-Client-User-Agent", "X-Request-ID", "traceparent"]);
  });

  test("an unknown address is left out, not sent empty", () => {
    expect(hopHeaders({ method: "GET", pathWithQuery: "/x", client: { ...client, ip: "" } }, ["s"], 0)).not.toHaveProperty("X-Client-IP");
  });
});

describe("what is known of the browser", () => {
  test("a user agent is printable ASCII of bounded length", () => {
    expect(plainUserAgent("  Mozilla/5.0 (Gerät)\u0007 ")).toBe("Mozilla/5.0 (Ger?t)?");
    expect(plainUserAgent("x".repeat(2000))).toHaveLength(512);
    expect(plainUserAgent(null)).toBe("");
  });

  test.each([
    ["203.0.113.7", 0, ""],
    ["203.0.113.7", 1, "203.0.113.7"],
    ["6.6.6.6, 203.0.113.7", 1, "203.0.113.7"],
    ["6.6.6.6, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"],
    ["203.0.113.7", 2, ""],
    ["2001:db8::1", 1, "2001:db8::1"],
    ["unknown", 1, ""],
    [null, 1, ""],
  ])("X-Forwarded-For %s behind %s proxies means %s", (header, proxies, expected) => expect(clientAddress(header, proxies)).toBe(expected));
});
