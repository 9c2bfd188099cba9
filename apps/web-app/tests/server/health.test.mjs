// The web server's two health routes with an API that is up, failing, down and silent. The API's own are tested beside it.
// Rows of the acceptance seeds: 001-18 (/api/health/ready), 003-31 (health of a deployment), 004-60 (both in the smoke test).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWeb } from "../e2e/faults.mjs";
import { startApi } from "./wire.mjs";

/** Longer than the route waits for the API, shorter than a load balancer waits for the route. */
const patience = 5_000;
const ready = (response) => response.end("{}");
let api, web;

before(async () => {
  api = await startApi((_request, response) => ready(response));
  web = await startWeb(api.url, { env: { APP_VERSION: "7.8.9" } });
});
after(async () => {
  await web?.close();
  await api?.stop();
});

const ask = async (path) => {
  const reply = await fetch(web.url + path, { signal: AbortSignal.timeout(patience) });
  assert.equal(reply.headers.get("cache-control"), "no-store");
  assert.match(reply.headers.get("content-type"), /^application\/json/);
  return { status: reply.status, body: await reply.json() };
};

async function assertAlive() {
  const { status, body } = await ask("/api/health");
  assert.equal(status, 200);
  assert.deepEqual({ status: body.status, version: body.version }, { status: "ok", version: "7.8.9" });
  assert.ok(body.uptime_seconds >= 0 && Date.parse(body.timestamp) > 0);
}

async function assertReady(wanted) {
  const { status, body } = await ask("/api/health/ready");
  const [{ milliseconds, ...check }, ...others] = body.checks;
  assert.equal(status, wanted ? 200 : 503);
  assert.deepEqual({ status: body.status, check, others }, { status: wanted ? "ready" : "not_ready", check: { name: "api", status: wanted ? "ok" : "failed" }, others: [] });
  assert.ok(Number.isInteger(milliseconds));
}

test("001-18 003-31 004-60: ready while the API is ready, and alive", async () => {
  api.asked = [];
  await assertReady(true);
  assert.deepEqual(api.asked, ["GET /health/ready"]);
  await assertAlive();
});

test("001-18: an API that is up and not ready makes this server not ready, and leaves it alive", async () => {
  api.answer = (_request, response) => response.writeHead(503).end("{}");
  await assertReady(false);
  await assertAlive();
});

test("001-18: an API that never answers is given up, and leaves this server alive", async () => {
  api.answer = () => undefined;
  await assertReady(false);
  await assertAlive();
});

test("001-18: without an API this server is not ready, and alive; when the API is back, it is ready", async () => {
  await api.stop();
  await assertReady(false);
  await assertAlive();
  api.answer = (_request, response) => ready(response);
  await api.start();
  await assertReady(true);
});
