// For whom the web server answers: its own host, whoever says so and however.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { startWeb } from "../e2e/faults.mjs";
import { assertProblem, converse, problem, startApi } from "./wire.mjs";

const foreign = "evil.example";
let api, web, hosted;

describe("the host", () => {
  before(async () => {
    api = await startApi((_request, response) => problem(response, 503, "unavailable"));
    web = await startWeb(api.url, { ready: "/api/health" });
    hosted = await startWeb(api.url, { ready: "/api/health", env: { APP_PUBLIC_URL: "https://app.example.com", WEB_TIER_SECRET: "x".repeat(40) } });
  });
  after(async () => {
    await hosted?.close();
    await web?.close();
    await api?.stop();
  });
  afterEach(async () => assert.equal((await fetch(`${web.url}/api/health`)).status, 200, "the server still serves"));

  const ask = (server, target, lines, { method = "GET", version = "1.1" } = {}) =>
    converse(server.port, [[`${method} ${target} HTTP/${version}`, ...lines, "accept: text/html", "connection: close", "\r\n"].join("\r\n")]);
  const visit = (server, host, target = "/sign-in", lines = []) => ask(server, target, [`host: ${host}`, ...lines]);

  function assertNowhere({ headers, body }) {
    assert.ok(!body.includes(foreign), body.slice(0, 300));
    for (const [name, value] of headers) assert.ok(!value.includes(foreign), `${name}: ${value}`);
  }

  test("another host is 421, on every page and form", async () => {
    for (const host of [foreign, `${foreign}:443`, "app.example.com.evil.example", "evil-app.example.com", "example.com", "localhost", "127.0.0.1", "10.1.2.3", "[::1]:3000", "app.example.com."]) {
      assertProblem(await visit(hosted, host), 421, "host.not_allowed");
    }
    for (const target of ["/", "/select", "/api/healthy", "/api/health/../../sign-in", "/icon.svg", "/sign-in/", "/_next/static/x.js"]) {
      assertProblem(await visit(hosted, foreign, target), 421, "host.not_allowed");
    }
    assertProblem(await ask(hosted, "/api/auth/sign-in", [`host: ${foreign}`, "content-length: 0"], { method: "POST" }), 421, "host.not_allowed");
    assertProblem(await visit(web, foreign), 421, "host.not_allowed");
  });

  test("the host of APP_PUBLIC_URL is served, spelt any way and with any port", async () => {
    for (const host of ["app.example.com", "APP.Example.com", "app.example.com:443", "app.example.com:8443"]) assert.equal((await visit(hosted, host)).status, 200, host);
  });

  test("where that is this machine, each of its names is", async () => {
    for (const host of [`localhost:${web.port}`, "localhost:4711", "app.localhost", "[::1]:4711"]) assert.equal((await visit(web, host)).status, 200, host);
    const moved = await visit(web, `127.0.0.1:${web.port}`);
    assert.deepEqual([moved.status, moved.headers.get("location")], [303, `${web.url}/sign-in`]);
  });

  test("the health routes answer any host, and none", async () => {
    for (const host of ["10.1.2.3:3000", "[fd00::7]:3000", "web:3000", foreign]) assert.equal((await visit(hosted, host, "/api/health")).status, 200, host);
    assert.equal((await visit(hosted, "10.1.2.3:3000", "/api/health/ready")).status, 503);
    assert.equal((await ask(hosted, "/api/health", [], { version: "1.0" })).status, 200);
  });

  test("no host, two of them and what is none are 400", async () => {
    assertProblem(await ask(web, "/sign-in", []), 400, "request.malformed");
    assertProblem(await ask(web, "/sign-in", [`host: localhost:${web.port}`, `host: ${foreign}`]), 400, "request.malformed");
    for (const host of ["", "a b", `localhost@${foreign}`, "localhost/", "localhost:x", "[::1", "localhost:655360"]) assertProblem(await visit(web, host), 400, "request.malformed");
    assertProblem(await ask(web, "/sign-in", [], { version: "1.0" }), 421, "host.not_allowed");
  });

  test("the host of a target in absolute form counts, and leads nowhere else", async () => {
    for (const target of [`http://${foreign}/sign-in`, `HTTPS://${foreign}`, `http://${foreign}?x`]) {
      const reply = await visit(web, `localhost:${web.port}`, target);
      assertProblem(reply, 421, "host.not_allowed");
      assertNowhere(reply);
    }
    const own = await visit(web, foreign, `http://localhost:${web.port}/sign-in`);
    assert.equal(own.status, 200);
    assertNowhere(own);
    assert.equal((await ask(web, "*", [`host: localhost:${web.port}`], { method: "OPTIONS" })).status < 500, true);
  });

  test("X-Forwarded-Host is nobody's word: no page, redirect or cookie knows it", async () => {
    const forwarded = [`x-forwarded-host: ${foreign}`, "x-forwarded-proto: https", `forwarded: host=${foreign}`, `x-host: ${foreign}`, `x-original-host: ${foreign}`];
    for (const target of ["/", "/sign-in", "/sign-in/", "//sign-in", "/select", "/no/such/page", "/api/session/renew?next=/acme"]) {
      for (const [server, host] of [[web, `localhost:${web.port}`], [hosted, "app.example.com"]]) assertNowhere(await visit(server, host, target, forwarded));
    }
    const select = await visit(hosted, "app.example.com", "/select", forwarded);
    assert.equal(select.headers.get("location"), "https://app.example.com/sign-in?next=%2Fselect");
  });

  test("the page for an API that is away is found behind the host as well", async () => {
    const cookies = [[web, `localhost:${web.port}`, `starter-${web.port}-session`], [hosted, "app.example.com", "__Host-starter-session"]];
    for (const [server, host, cookie] of cookies) {
      const reply = await visit(server, host, "/select", [`cookie: ${cookie}=family.1.mac`, `x-forwarded-host: ${foreign}`]);
      assert.equal(reply.status, 503);
      assertNowhere(reply);
    }
  });
});
