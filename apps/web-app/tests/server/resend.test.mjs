// The confirmation mail once more: through the form, the API and the mail server.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { startWeb } from "../e2e/faults.mjs";
import { stack, until, Visitor } from "./wire.mjs";

const { apiUrl, mailUrl } = stack();
const run = randomBytes(4).toString("hex");
let web;

before(async () => (web = await startWeb(apiUrl)));
after(() => web?.close());

const linksTo = async (address) => {
  const url = new URL(`/messages?${new URLSearchParams({ to: address, limit: "5" })}`, mailUrl);
  const messages = await (await fetch(url)).json();
  return messages.flatMap(({ links }) => links).map((link) => new URL(link)).filter(({ pathname }) => pathname === "/verify");
};

test("the confirmation mail is sent again on demand, and its link confirms", async () => {
  const person = new Visitor(web);
  const [email, password] = [`resend-${run}@example.com`, `violet-anchor-${run}-meadow`];
  assert.equal((await person.post("/api/auth/sign-up", { display_name: "Ada", email, password })).location, "/verify");
  await until("the first mail", async () => (await linksTo(email)).length === 1);

  const again = await person.post("/api/auth/resend", { email });
  assert.deepEqual([again.status, again.location], [303, "/verify"]);
  const page = await person.get("/verify");
  assert.match(page.body, /If the address needs confirming, a new link is on its way\./);
  assert.match(page.body, new RegExp(`name="email" value="${email}"|value="${email}" name="email"`), "the next try knows the address");
  const [newest] = await until("the second mail", async () => ((await linksTo(email)).length === 2 ? linksTo(email) : null));
  const token = newest.searchParams.get("token");
  assert.equal((await person.post("/api/auth/verify", { token })).location, "/sign-in");
});

test("asking for somebody unknown sends nothing and says the same", async () => {
  const [email, known] = [`nobody-${run}@example.com`, `somebody-${run}@example.com`];
  const person = new Visitor(web);
  const reply = await person.post("/api/auth/resend", { email });
  assert.deepEqual([reply.status, reply.location], [303, "/verify"]);
  assert.match((await person.get("/verify")).body, /a new link is on its way/);
  // A mail that was asked for later has come: the one that must not come would have.
  await person.post("/api/auth/sign-up", { display_name: "Grace", email: known, password: `violet-anchor-${run}-meadow` });
  await until("the other's mail", async () => (await linksTo(known)).length === 1);
  assert.deepEqual(await linksTo(email), []);
});

test("an address that is none is named at its field", async () => {
  const person = new Visitor(web);
  const reply = await person.post("/api/auth/resend", { email: "nobody" }, { accept: "application/json" });
  const { ok, fields } = JSON.parse(reply.body);
  assert.equal(ok, false);
  assert.ok(fields.email, reply.body);
});
