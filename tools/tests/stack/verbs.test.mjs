// The everyday verbs of ./dev on a real stack: what a developer types between `up` and `down`, on parts that were built
// for the other suites. The clone is one of links, with a var/ of its own.
//
// Needs: STARTER_ROOT (./dev test stack sets it).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, lchownSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";

const root = process.env.STARTER_ROOT;
const program = join(root, "build/everyday/packages/starter_console/starter-console");
const clone = mkdtempSync(join(root, "var/verbs-"));
const env = { ...process.env, STARTER_ROOT: clone, STARTER_PROGRAM: "./dev", NO_COLOR: "1" };
const patience = 60_000;
let base = 0;

const dev = (words, options = {}) => spawnSync(program, ["dev", ...words], { cwd: clone, env, encoding: "utf8", timeout: patience, ...options });

function ok(words, options) {
  const ran = dev(words, options);
  assert.equal(ran.status, 0, `./dev ${words.join(" ")}\n${ran.stdout}\n${ran.stderr}\n${ran.error ?? ""}`);
  return ran.stdout;
}

async function until(what, look) {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** On a connection of its own: services start anew between the tests. */
const ask = (url, init = {}) => fetch(url, { ...init, headers: { connection: "close", ...init.headers } });
const answers = (url) => ask(url).then((reply) => reply.ok, () => false);
const apiUrl = (path) => `http://localhost:${base + 1}${path}`;

const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

async function freeBlock() {
  for (let tries = 0; tries < 100; tries += 1) {
    const first = 20_000 + 16 * Math.floor(Math.random() * 700);
    const free = await Promise.all(Array.from({ length: 9 }, (_, offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error("no nine free ports in a row");
}

/** The newest mail to this address, as `./dev mail` prints it. */
const mailTo = (address, ...words) =>
  until(`a mail to ${address}`, () => {
    const ran = dev(["mail", "--to", address, ...words]);
    return ran.status === 0 ? ran.stdout : null;
  });

const post = (path, body) =>
  ask(apiUrl(path), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const demoPassword = () => /^password: (.*)$/m.exec(readFileSync(join(clone, "var/dev/credentials"), "utf8"))[1];
const signIn = (email, password) => post("/api/v1/auth/sign-in", { email, password });

before(async () => {
  const { uid, gid } = statSync(root);
  chmodSync(clone, 0o755);
  lchownSync(clone, uid, gid);
  for (const name of readdirSync(root).filter((each) => each !== "var" && each !== ".git")) symlinkSync(join(root, name), join(clone, name));
  base = await freeBlock();
  ok(["up", "--no-build", "--port-base", String(base)]);
});

after(() => {
  dev(["down"]);
  rmSync(clone, { recursive: true, force: true });
});

// 002-63, as far as it is without images: migrated, and the three health routes answer.
test("open prints addresses that answer", async () => {
  for (const [part, path] of [["web", "/api/health/ready"], ["api", "/health"], ["api", "/health/ready"], ["mail", "/health"]]) {
    const address = ok(["open", part]).trim();
    assert.ok(await answers(address + path), `${part}: ${address}`);
  }
  assert.equal(ok(["open"]), ok(["open", "web"]));
});

test("db psql reaches the database as its owner", () => {
  const said = ok(["db", "psql"], { input: "SELECT current_user || ' of ' || current_database();\n" });
  assert.match(said, /starter_owner of starter/);
  const { port } = JSON.parse(ok(["db", "psql", "--json"]));
  assert.equal(port, base + 6);
});

test("db reset, migrate and seed make the demo data anew", async () => {
  ok(["db", "psql"], { input: "CREATE TABLE public.left_over (id int);\n" });
  ok(["db", "reset", "--confirm", "starter"]);
  assert.match(ok(["db", "migrate"]), /starter-api migrate is done/);
  assert.match(ok(["db", "seed"]), /starter-api seed is done/);
  assert.match(ok(["logs", "migrate"]), /\S/);
  ok(["up", "--no-build"]);
  assert.match(ok(["db", "psql"], { input: "SELECT 'left: ' || coalesce(to_regclass('public.left_over')::text, 'nothing');\n" }), /left: nothing/);
  assert.equal((await signIn("demo@example.com", demoPassword())).status, 200);
});

test("mail shows the newest mail and its link", async () => {
  const email = "verbs@example.com";
  const nobody = dev(["mail", "--to", email]);
  assert.equal(nobody.status, 5, nobody.stdout);
  assert.match(nobody.stderr, /why: The catcher holds none to verbs@example\.com\./);
  const reply = await post("/api/v1/auth/sign-up", { email, password: "violet-anchor-meadow", display_name: "Verbs" });
  assert.equal(reply.status, 202);
  const link = (await mailTo(email, "--link")).trim();
  assert.ok(link.startsWith(`http://localhost:${base}/verify?token=`), new URL(link).pathname);
  assert.ok(await answers(link), "the link leads to a page");
  assert.match(await mailTo(email), /^To: verbs@example\.com\nSubject: \S/);
});

test("logs shows the end of one log, and -f what is written from now on", async () => {
  assert.equal(ok(["logs", "api", "--lines", "2"]).trim().split("\n").length, 2);
  const misspelt = dev(["logs", "ap"]);
  assert.equal(misspelt.status, 5);
  assert.match(misspelt.stderr, /fix: \.\/dev logs api/);

  const follower = spawn(program, ["dev", "logs", "-f", "api"], { cwd: clone, env, stdio: ["ignore", "pipe", "inherit"] });
  let seen = "";
  follower.stdout.on("data", (text) => (seen += text));
  const ended = new Promise((resolve) => follower.once("exit", (status) => resolve(status)));
  try {
    // Asked again until it is seen: the follower tells nobody when it has found the end of the log.
    let asked = 0;
    await until("a followed line", async () => {
      await ask(apiUrl("/api/v1/users/me"), { headers: { "x-request-id": `follow-${(asked += 1)}-verbs` } });
      return /follow-\d+-verbs/.test(seen);
    });
  } finally {
    follower.kill("SIGINT");
  }
  assert.equal(await ended, 130);
});

test("debug api runs the API under a debugger, on the data and ports of the stack", async () => {
  const debugged = spawn(program, ["dev", "debug", "api"], { cwd: clone, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  let said = "";
  for (const stream of [debugged.stdout, debugged.stderr]) stream.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => debugged.once("exit", resolve));
  try {
    debugged.stdin.write("set pagination off\nset debuginfod enabled off\nbreak main\nrun\n");
    await until("the breakpoint", () => /Breakpoint 1, (?:.* in )?main/.test(said)).catch((error) => assert.fail(`${error.message}\n${said}`));
    debugged.stdin.write("continue\n");
    await until("the API under the debugger", () => answers(apiUrl("/health/ready")));
    assert.equal((await signIn("demo@example.com", demoPassword())).status, 200);
  } finally {
    process.kill(-debugged.pid, "SIGINT");
    debugged.stdin.end("kill\nquit\n");
  }
  await ended;
  await until("the port's release", () => isFree(base + 1));
  ok(["up", "--no-build"]);
  assert.ok(await answers(apiUrl("/health/ready")), "and up starts it again by itself");
});

test("debug of a test runs it alone under a debugger", () => {
  const name = "TraceContext.ReadsAndWrites";
  const { command } = JSON.parse(ok(["debug", name, "--json"], { timeout: 600_000 }));
  assert.match(command.join(" "), /^gdb --args \S*\/runtime_tests --gtest_filter=\*TraceContext\.ReadsAndWrites\*$/);
  const said = ok(["debug", name], { input: "set pagination off\nset debuginfod enabled off\nbreak main\nrun\ncontinue\nquit\n" });
  assert.match(said, /Breakpoint 1, (?:.* in )?main/);
  assert.match(said, /\[  PASSED  \] \d+ tests?\./);
  assert.match(said, /\[ +OK \] TraceContext\.ReadsAndWrites/);
  assert.match(said, /exited normally/);
});

test("down leaves nothing", async () => {
  assert.match(ok(["down"]), /Stopped:/);
  for (let port = base; port < base + 9; port += 1) assert.ok(await isFree(port), `port ${port}`);
});
