// What must not be kept, and what must not be done for a page that nobody looks at yet.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWeb } from "../e2e/faults.mjs";
import { problem, startApi } from "./wire.mjs";

let api, web;

before(async () => {
  api = await startApi((_request, response) => problem(response, 503, "unavailable"));
  web = await startWeb(api.url, { ready: "/api/health" });
});
after(async () => {
  await web?.close();
  await api?.stop();
});

const get = (path, headers = {}) => fetch(web.url + path, { headers: { accept: "text/html", ...headers }, redirect: "manual" });
const signedIn = () => ({ cookie: `starter-${web.port}-session=family.1.mac` });

test("every page is private and not stored, also one that is missing, unavailable or elsewhere", async () => {
  const pages = { "/": 200, "/sign-in": 200, "/sign-up": 200, "/verify?token=x": 200, "/reset?token=x": 200, "/invite/x": 200, "/no/such/page": 404, "/select": 303 };
  for (const [path, status] of Object.entries(pages)) {
    const reply = await get(path);
    assert.equal(reply.status, status, path);
    // To a page that is missing Next.js adds words of its own.
    assert.match(reply.headers.get("cache-control"), status === 404 ? /^private, .*\bno-store\b/ : /^private, no-store$/, path);
  }
  const down = await get("/select", signedIn());
  assert.deepEqual([down.status, down.headers.get("cache-control")], [503, "private, no-store"]);
});

test("a prefetch refreshes no session; the visit that follows does", async () => {
  const prefetches = [{ "next-router-prefetch": "1", rsc: "1" }, { purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }];
  for (const path of ["/select", "/acme", "/account/sessions"]) {
    api.asked = [];
    for (const headers of prefetches) {
      const reply = await get(path, { ...signedIn(), ...headers });
      assert.equal(reply.status, 204, path);
      assert.deepEqual(reply.headers.getSetCookie(), []);
      assert.equal(reply.headers.get("cache-control"), "private, no-store");
    }
    assert.deepEqual(api.asked, [], `${path} asked the API for nothing`);
    await get(path, signedIn());
    assert.deepEqual(api.asked, ["POST /api/v1/auth/refresh"], path);
  }
});
