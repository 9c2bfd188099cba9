// What is thrown at the web server's port: too much, too slowly, or no HTTP at all.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, afterEach, before, describe, test } from "node:test";
import { limits } from "../../.next/standalone/limits.mjs";
import { startWeb } from "../e2e/faults.mjs";
import { assertProblem, converse, problem, startApi, until } from "./wire.mjs";

const app = new URL("../../app/", import.meta.url);
const KiB = 1024;
const urlencoded = "content-type: application/x-www-form-urlencoded";
let api, web;

describe("the port", () => {
  before(async () => {
    api = await startApi((_request, response) => problem(response, 401, "credentials.invalid"));
    web = await startWeb(api.url, { ready: "/api/health" });
  });
  after(async () => {
    await web?.close();
    await api?.stop();
  });
  afterEach(async () => assert.equal((await fetch(`${web.url}/api/health`)).status, 200, "the server still serves"));

  const head = (server, lines, path = "/api/auth/sign-in") =>
    [`POST ${path} HTTP/1.1`, `host: localhost:${server.port}`, `origin: ${server.url}`, ...lines, "\r\n"].join("\r\n");
  const chunk = (bytes) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
  const send = (lines, ...pieces) => converse(web.port, [head(web, lines), ...pieces]);
  const chunked = [urlencoded, "transfer-encoding: chunked", "connection: close"];

  /** The address of every route that takes a POST, with "acme" for what varies. */
  const formRoutes = readdirSync(app, { recursive: true })
    .filter((file) => file.endsWith("route.ts") && /\bPOST\b/.test(readFileSync(new URL(file, app), "utf8")))
    .map((file) => `/${file.replace("/route.ts", "").replace(/\[\w+\]/g, "acme")}`);

  test("a chunked body of 1 MiB is 413, and nothing of it reaches the API", async () => {
    api.asked = [];
    assertProblem(await send(chunked, ...Array.from({ length: 16 }, () => chunk(64 * KiB)), "0\r\n\r\n"), 413, "request.too_large");
    assert.deepEqual(api.asked, []);
  });

  test("64 KiB are a body, announced or in chunks; one byte more is 413", async () => {
    const whole = 64 * KiB;
    const announced = (bytes) => send([urlencoded, `content-length: ${bytes}`, "connection: close"], "x".repeat(bytes));
    assert.equal((await announced(whole)).status, 303);
    assert.equal((await send(chunked, chunk(whole), "0\r\n\r\n")).status, 303);
    assertProblem(await announced(whole + 1), 413, "request.too_large");
    assertProblem(await send(chunked, chunk(whole), chunk(1), "0\r\n\r\n"), 413, "request.too_large");
  });

  test("100 MB are refused on their announcement, before one of them was sent", async () => {
    assertProblem(await send([urlencoded, "content-length: 100000000"]), 413, "request.too_large");
  });

  test("whoever asks before sending is told to continue, or refused at once", async () => {
    const asking = (bytes) => [urlencoded, `content-length: ${bytes}`, "expect: 100-continue", "connection: close"];
    assertProblem(await send(asking(100_000_000)), 413, "request.too_large");
    const welcome = await send(asking(3), "a=b");
    assert.equal(welcome.status, 100);
    assert.match(welcome.body, /^HTTP\/1\.1 303 /);
  });

  test("every route that takes a form refuses a body that is too large", async () => {
    assert.ok(formRoutes.length >= 20, `${formRoutes.length} routes`);
    for (const path of [...formRoutes, "/sign-in", "/"]) {
      assertProblem(await converse(web.port, [head(web, chunked, path), chunk(64 * KiB + 1)]), 413, "request.too_large");
    }
  });

  test("a cookie of 64 KiB is 431", async () => {
    assertProblem(await send([`cookie: a=${"x".repeat(64 * KiB)}`, "content-length: 0"]), 431, "header.too_large");
  });

  test("two lengths, a length beside chunks and what is no HTTP are 400", async () => {
    assertProblem(await send([urlencoded, "content-length: 3", "content-length: 4"], "a=b"), 400, "request.malformed");
    assertProblem(await send([urlencoded, "content-length: 3", "transfer-encoding: chunked"], "a=b"), 400, "request.malformed");
    assertProblem(await converse(web.port, ["\x16\x03\x01 hello\r\n\r\n"]), 400, "request.malformed");
  });

  test("a body that is no form is 415, on every route that takes one", async () => {
    const claims = { sub: "somebody", exp: 9_999_999_999, tenant_id: "of-acme", tenant_slug: "acme" };
    const cookie = `starter-${web.port}-access-acme=a.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.b`;
    api.asked = [];
    for (const path of formRoutes) {
      for (const type of [{ "content-type": "application/json" }, { "content-type": "text/plain" }, {}]) {
        const reply = await fetch(web.url + path, { method: "POST", headers: { origin: web.url, cookie, ...type }, body: Buffer.from("{}"), redirect: "manual" });
        assertProblem({ status: reply.status, headers: reply.headers, body: await reply.text() }, 415, "request.unsupported");
      }
      const reply = await fetch(web.url + path, { method: "POST", headers: { origin: "https://evil.example", cookie }, body: new URLSearchParams({}), redirect: "manual" });
      assertProblem({ status: reply.status, headers: reply.headers, body: await reply.text() }, 403, "origin.foreign");
    }
    assert.deepEqual(api.asked, []);
  });

  test("a refusal is never taken for the answer to the request before it", async () => {
    const early = `GET /api/health HTTP/1.1\r\nhost: localhost:${web.port}\r\n\r\n`;
    const { status } = await converse(web.port, [early + head(web, [urlencoded, "content-length: 100000000"])]);
    assert.notEqual(status, 413);
    for (const unreadable of ["no request\r\n\r\n", `GET / HTTP/1.1\r\nx: ${"y".repeat(64 * KiB)}\r\n\r\n`]) {
      const { status } = await converse(web.port, [early + unreadable]);
      assert.ok(![400, 431].includes(status), unreadable.slice(0, 20));
    }
  });

  const logged = (server, code) =>
    server.output().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)).filter((line) => line.code === code);

  test("what is refused stands in the log, and nothing of the request with it", async () => {
    const canary = `canary-${process.pid}`;
    const lines = [`cookie: a=${canary}`, `user-agent: ${canary}`, urlencoded, "content-length: 100000000"];
    const { body } = await converse(web.port, [head(web, lines, `/sign-in?token=${canary}`)]);
    await converse(web.port, [head(web, ["x: y"]).replace("localhost", canary)]);
    await converse(web.port, [`${canary}\r\n\r\n`]);
    await send([`cookie: ${canary}=${"x".repeat(64 * KiB)}`]);
    for (const [status, code] of [[400, "request.malformed"], [413, "request.too_large"], [421, "host.not_allowed"], [431, "header.too_large"]]) {
      const line = await until(code, () => logged(web, code).at(-1));
      assert.deepEqual(Object.keys(line), ["time", "level", "message", "request_id", "status", "code", "count"]);
      assert.deepEqual([line.level, line.message, line.status], ["info", "request.refused", status]);
    }
    await until("the id that the client was told", () => web.output().includes(`"request_id":"${JSON.parse(body).request_id}"`));
    assert.ok(!web.output().includes(canary), web.output());
  });

  test("a flood of refusals is counted, not written out", async () => {
    const counted = () => logged(web, "host.not_allowed").reduce((sum, { count }) => sum + count, 0);
    const before = counted();
    const flood = Array.from({ length: 200 }, () => converse(web.port, ["GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n"]));
    for (const reply of await Promise.all(flood)) assertProblem(reply, 421, "host.not_allowed");
    await until("all of them in the log", () => counted() === before + 200);
    const times = logged(web, "host.not_allowed").map(({ time }) => Date.parse(time));
    for (const [index, time] of times.slice(1).entries()) assert.ok(time - times[index] > 900, "a line a second at most");
    assert.ok(times.length < 100, `${times.length} lines`);
  });

  test("what came in the last second is counted when the server ends", async () => {
    const ending = await startWeb(api.url, { ready: "/api/health" });
    for (let i = 0; i < 5; i += 1) await converse(ending.port, ["GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n"]);
    await ending.close();
    assert.equal(logged(ending, "host.not_allowed").reduce((sum, { count }) => sum + count, 0), 5);
  });

  describe("slowly", () => {
    let short;
    before(async () => (short = await startWeb(api.url, { entry: fileURLToPath(new URL("short.mjs", import.meta.url)), ready: "/api/health" })));
    after(() => short?.close());
    afterEach(async () => assert.equal((await fetch(`${short.url}/api/health`)).status, 200, "the server still serves"));

    test("the limits are 10 seconds for a head and 30 for the whole request", () => {
      const { headMilliseconds, wholeMilliseconds } = limits;
      assert.deepEqual({ headMilliseconds, wholeMilliseconds }, { headMilliseconds: 10_000, wholeMilliseconds: 30_000 });
    });

    test("a body that was announced and never comes is 408", async () => {
      assertProblem(await converse(short.port, [head(short, [urlencoded, "content-length: 10"])]), 408, "request.timeout");
      assertProblem(await converse(short.port, [head(short, [urlencoded, "content-length: 10"]), "a=b"]), 408, "request.timeout");
      assertProblem(await converse(short.port, [head(short, chunked), chunk(3)]), 408, "request.timeout");
    });

    test("a head that never ends, or never begins, is 408", async () => {
      assertProblem(await converse(short.port, ["POST /api/auth/sign-in HTTP/1.1\r\nhost: a\r\n"]), 408, "request.timeout");
      assertProblem(await converse(short.port, []), 408, "request.timeout");
    });
  });
});
