// Every secret that the web server knows or is told is looked for in everything that it prints, answers and serves: raw,
// as base64, percent-encoded and as hex.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { linkFor } from "../e2e/mail.mjs";
import { startFaults, startWeb } from "../e2e/faults.mjs";
import { stack, Visitor } from "./wire.mjs";

const { apiUrl, mailUrl } = stack();
const built = new URL("../../.next/standalone/", import.meta.url);
const secrets = [];
const outputs = [];
const hear = (where, text) => outputs.push({ where, text });
let faults, web;

/** A secret of this name; `except` says where it belongs. */
function keep(what, value, except = /^$/) {
  secrets.push({ what, value, except });
  return value;
}
const canary = (what, except) => keep(what, `cAnArY/${secrets.length}+of&${randomBytes(18).toString("base64url")}`, except);

const percentEncoded = (text) => text.replace(/[^\w.~-]/g, (each) => `%${Buffer.from(each).toString("hex")}`);

/** How a secret may be spelt; in base64 it has three beginnings, one for every place it can start at. */
function spellings(secret) {
  const hex = Buffer.from(secret).toString("hex");
  const percent = percentEncoded(secret);
  const coded = [0, 1, 2].map((before) => Buffer.from("x".repeat(before) + secret).toString("base64url").slice(before === 0 ? 0 : before + 1, -3));
  const plain = coded.map((each) => each.replaceAll("-", "+").replaceAll("_", "/"));
  const markup = secret.replaceAll("&", "&amp;");
  return [secret, markup, hex, hex.toUpperCase(), percent, percent.toUpperCase(), encodeURIComponent(secret), percentEncoded(percent), ...coded, ...plain];
}

function leaks() {
  const found = [];
  for (const { where, text } of outputs) {
    for (const { what, value, except } of secrets) {
      if (!except.test(where) && spellings(value).some((spelling) => text.includes(spelling))) found.push(`${what} stands in ${where}`);
    }
  }
  return found;
}

before(async () => {
  faults = await startFaults(apiUrl);
  web = await startWeb(faults.url, { env: { WEB_TIER_SECRET: `${canary("WEB_TIER_SECRET")},${canary("the secret being retired")}` } });
});
after(async () => {
  await web?.close();
  faults?.close();
});

test("P14: the search finds every spelling", () => {
  const secret = "cAnArY/7+of&a day";
  const found = (text) => spellings(secret).some((each) => text.includes(each));
  assert.ok(found(`x${secret}y`));
  assert.ok(found(Buffer.from(`x${secret}`).toString("hex")));
  assert.ok(found(`q=${encodeURIComponent(secret)}`));
  for (const start of ["", "a", "ab", "abc", "abcd"]) {
    for (const coding of ["base64", "base64url"]) assert.ok(found(Buffer.from(`${start}${secret} and more`).toString(coding)), start);
  }
  assert.ok(!found("cAnArY/8+of&a day"));
});

test("P14: no secret that goes into the web server comes out of it", async () => {
  const { port } = web;
  const cookie = (name) => `starter-${port}-${name}`;
  const email = `canary-${randomBytes(4).toString("hex")}@example.com`;
  const [password, wrong] = [canary("the password"), canary("the wrong password")];
  const person = new Visitor(web, hear);

  await person.post("/api/auth/sign-up", { display_name: "Ada", email, password });
  const link = new URL(await linkFor(mailUrl, email, "/verify"));
  // The page behind the link carries what the link does, to post it.
  const token = keep("the confirmation", link.searchParams.get("token"), /GET \/verify$/);
  await person.get(link.pathname + link.search);
  assert.equal((await person.post("/api/auth/verify", { token })).location, "/sign-in");
  for (const accept of ["text/html", "application/json"]) {
    const refused = await person.post("/api/auth/sign-in", { email, password: wrong }, { accept });
    assert.equal(refused.status, accept === "text/html" ? 303 : 200);
    await person.get("/sign-in");
  }
  assert.equal((await person.post("/api/auth/sign-in", { email, password })).location, "/select");
  for (const name of ["session", "access", "device"]) keep(`the ${name} cookie`, person.cookies.get(cookie(name)), /^the cookies of/);
  for (const path of ["/select", "/account/profile", "/account/security", "/account/sessions"]) assert.equal((await person.get(path)).status, 200, path);

  const failures = ["down", [500, "internal"], [503, "unavailable"], [429, "rate.limited"]];
  for (const failure of failures) {
    faults.fail({ "*": failure });
    const visitor = new Visitor(web, hear);
    await visitor.post("/api/auth/sign-in", { email, password });
    await visitor.post("/api/auth/sign-in", { email, password }, { accept: "application/json" });
    await visitor.get("/sign-in");
    const signedIn = new Visitor(web, hear);
    signedIn.cookies = new Map(person.cookies);
    for (const path of ["/account/profile", "/api/health/ready"]) await signedIn.get(path);
    await signedIn.post("/api/account/password", { current_password: password, new_password: wrong });
    signedIn.cookies.delete(cookie("access"));
    await signedIn.get("/account/profile");
  }
  faults.fail({});

  const odd = { form: "sign-in", error: {}, fields: 5, values: ["x"], requestId: canary("a made-up flash") };
  const malformed = [
    { session: `${canary("a malformed session")}%E0%A4%A` },
    { session: "a.1.b", access: `a.${canary("a malformed token")}.b` },
    { access: `a.${Buffer.from(JSON.stringify({ sub: canary("a token of nobody's"), exp: 9e9 })).toString("base64url")}.b` },
    { flash: `%%${canary("a malformed flash")}` },
    { flash: Buffer.from(JSON.stringify({ ...odd, form: "elsewhere" })).toString("base64url") },
    { flash: Buffer.from(JSON.stringify({ ...odd, requestId: undefined })).toString("base64url") },
  ];
  for (const cookies of malformed) {
    const visitor = new Visitor(web, hear);
    for (const path of ["/sign-in", "/select", "/account/profile", "/"]) {
      visitor.cookies = new Map(Object.entries(cookies).map(([name, value]) => [cookie(name), value]));
      const { status } = await visitor.get(path);
      assert.ok(status < 500, `${status} of ${path} with ${Object.keys(cookies)}`);
    }
  }

  assert.match(web.output(), /Ready/);
  hear("the log", web.output());
  assert.ok(outputs.length > 80, `${outputs.length} answers`);
  assert.deepEqual(leaks(), []);
});

test("P14: a refusal to start names no value", () => {
  const env = {
    PATH: process.env.PATH,
    APP_PUBLIC_URL: "https://app.example.com",
    API_BASE_URL: `http://api:${encodeURIComponent(canary("a password in API_BASE_URL"))}@api.example.com`,
    WEB_TIER_SECRET: `${canary("one of three secrets")},${canary("another of three secrets")},${keep("a secret too short", "cAnArY/short")}`,
    PORT: "0",
  };
  const ran = spawnSync(process.execPath, [fileURLToPath(new URL("server.js", built))], { env, encoding: "utf8", timeout: 60_000 });
  assert.equal(ran.status, 78, ran.stderr);
  assert.match(ran.stderr, /API_BASE_URL contains credentials/);
  hear("what a server that refuses to start printed", ran.stdout + ran.stderr);
  assert.deepEqual(leaks(), []);
});

test("P14: what browsers load holds no secret, nor the code that reads them", () => {
  const files = [".next/static", "public"].flatMap((folder) => {
    const root = new URL(`${folder}/`, built);
    return readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => `${each.parentPath}/${each.name}`);
  });
  assert.ok(files.filter((file) => file.endsWith(".js")).length > 10);
  for (const file of files) {
    const text = readFileSync(file, "latin1");
    hear(file, text);
    for (const name of ["WEB_TIER_SECRET", "API_BASE_URL", "X-Client-Signature"]) assert.ok(!text.includes(name), `${name} in ${file}`);
  }
  assert.deepEqual(leaks(), []);
});
