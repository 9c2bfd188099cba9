// ./dev new on a copy of this very tree: what it writes is built, released to a real Postgres and used over HTTP, and
// the web application still passes its own checks. So the living example can't be changed in a way that breaks its
// copies without somebody noticing. The tutorial is followed on the same copy.
//
// Needs: STARTER_ROOT, STARTER_TEST_POSTGRES_URL and STARTER_TEST_REDIS_URL (./dev test scaffold sets them).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

const root = process.env.STARTER_ROOT;
const console_ = join(root, "build/everyday/packages/starter_console/starter-console");
const copy = mkdtempSync(join(tmpdir(), "scaffold-"));
const api = join(copy, "build/everyday/apps/api-service/starter-api");
const services = [];

function run(command, words, { cwd = copy, env = {} } = {}) {
  const ran = spawnSync(command, words, { cwd, encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  assert.equal(ran.status, 0, `${command} ${words.join(" ")}\n${ran.stdout}\n${ran.stderr}\n${ran.error ?? ""}`);
  return ran.stdout;
}

const scaffold = (...words) => JSON.parse(run(console_, ["dev", "new", ...words, "--json"], { env: { STARTER_ROOT: copy } }));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Changes a file of the copy; `from` must stand there once. */
function edit(file, from, to) {
  const path = join(copy, file);
  const parts = readFileSync(path, "utf8").split(from);
  assert.equal(parts.length, 2, `${file} has ${parts.length - 1} times: ${from}`);
  writeFileSync(path, parts.join(to));
}

/** The fenced blocks of the tutorial in these languages, each with the text between it and the one before. */
function tutorialBlocks(...languages) {
  const blocks = [];
  let said = "";
  for (const [, text, language, body] of readFileSync(join(root, "docs/tutorial.md"), "utf8").matchAll(/([^]*?)^```(\w+)\n([^]*?)^```$/gm)) {
    said += text;
    if (!languages.includes(language)) continue;
    blocks.push({ said, body });
    said = "";
  }
  return blocks;
}

before(() => {
  const files = run("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of files.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "apps/web-app/node_modules"), join(copy, "apps/web-app/node_modules"));
});

after(() => {
  for (const service of services) service.kill("SIGKILL");
  rmSync(copy, { recursive: true, force: true });
});

test("a feature, a page, a migration and a setting are added to a copy of the tree", () => {
  const feature = scaffold("feature", "invoice_lines");
  assert.ok(feature.files.includes("apps/api-service/src/app/services/invoice_lines/routes.cpp"), feature.files.join("\n"));
  assert.ok(feature.files.includes("apps/api-service/src/app/composition.cpp"));
  scaffold("page", "monthly_reports");
  scaffold("env", "INVOICE_PREFIX");
  const [migration] = scaffold("migration", "add_invoice_line_due_date").files;
  assert.match(readFileSync(join(copy, migration), "utf8"), /^-- Add invoice line due date\./);
});

// What a reader types into the files that the text names. A block that is added to the tutorial needs a place here.
test("the tutorial's feature, route and setting are added as it says", () => {
  const notes = (file) => `apps/api-service/src/app/services/notes/${file}`;
  const written = (file) => ({ body }) => assert.ok(readFileSync(join(copy, file), "utf8").includes(body), `${file} lacks\n${body}`);
  const before = (file, line) => ({ body }) => edit(file, line, `${body}\n${line}`);
  const sameFile = null; // as the block right before
  const places = [
    ["composition.cpp", written("apps/api-service/src/app/composition.cpp")],
    [sameFile, written("apps/api-service/src/app/composition.cpp")],
    ["`types.h`", before(notes("types.h"), "}  // namespace starter::notes\n")],
    ["`store.cpp`", before(notes("store.cpp"), "constexpr pg::Statement kQueries[] = {")],
    ["`routes.cpp`", before(notes("routes.cpp"), "constexpr Route kRoutes[] = {\n")],
    [sameFile, ({ body }) => edit(notes("routes.cpp"), "constexpr Route kRoutes[] = {\n", `constexpr Route kRoutes[] = {\n${body}`)],
    ["navigation.ts", written("apps/web-app/features/navigation.ts")],
    ["application.yaml", ({ body }) => edit("packages/starter_contracts/contract/environment/application.yaml",
      "  NOTES_MAX:\n    meaning: What it is for\n", body)],
  ];
  scaffold("feature", "notes");
  scaffold("env", "NOTES_MAX");
  const blocks = tutorialBlocks("cpp", "ts", "yaml");
  assert.equal(blocks.length, places.length);
  blocks.forEach((block, at) => {
    const [named, apply] = places[at];
    assert.ok(named === sameFile ? block.said.trim() === "" : block.said.includes(named), `block ${at} does not say ${named}`);
    apply(block);
  });

  // What stands in the running text.
  const said = blocks.map((block) => block.said).join("");
  const [definition] = /(?<=with `)Task<[^`]*(?=` in the namespace `store`)/.exec(said);
  const signature = definition.slice(0, definition.indexOf(" {"));
  assert.match(said, /declared in\n`store\.h`\. In `service\.h` and `service\.cpp`, `count` that returns `store::count\(ctx\)`/);
  edit(notes("store.cpp"), "kQueries[] = {", "kQueries[] = {kCount.statement(), ");
  edit(notes("store.cpp"), "}  // namespace store\n", `${definition}\n\n}  // namespace store\n`);
  edit(notes("store.h"), "\n}  // namespace starter::notes::store", `${signature};\n\n}  // namespace starter::notes::store`);
  edit(notes("service.h"), "\n}  // namespace starter::notes", `${signature};\n\n}  // namespace starter::notes`);
  edit(notes("service.cpp"), "\n}  // namespace starter::notes", `\n${signature} {\n  return store::count(ctx);\n}\n\n}  // namespace starter::notes`);
  assert.match(said, /the member becomes an `int64_t`, read by `v\.integer`/);
  edit("apps/api-service/src/app/settings.h", "  std::string notes_max;", "  int64_t notes_max;");
  edit("apps/api-service/src/app/settings.cpp", 'v.text("NOTES_MAX")', 'v.integer("NOTES_MAX")');
});

test("names that would not build are refused before anything is written", () => {
  for (const name of ["tasks", "classes", "projects", "members", "equipment"]) {
    const ran = spawnSync(console_, ["dev", "new", "feature", name], { encoding: "utf8", env: { ...process.env, STARTER_ROOT: copy } });
    assert.ok([2, 6].includes(ran.status), `${name}: ${ran.status} ${ran.stderr}`);
    assert.match(ran.stderr, /why: /);
  }
  for (const name of ["PORT", "METRICS_PORT", "DEFAULT"]) {
    const ran = spawnSync(console_, ["dev", "new", "env", name], { encoding: "utf8", env: { ...process.env, STARTER_ROOT: copy } });
    assert.ok([2, 6].includes(ran.status), `${name}: ${ran.status} ${ran.stderr}`);
  }
});

test("the API with them builds", () => {
  // As ./dev gen does: the services read the contract's compiled table.
  run(console_, ["contract", "render"], { env: { STARTER_ROOT: copy } });
  // Objects of the unchanged sources come from the compiler's cache, wherever this copy stands.
  const env = { CCACHE_BASEDIR: copy, CCACHE_NOHASHDIR: "true" };
  run("cmake", ["--preset", "everyday"], { env });
  run("cmake", ["--build", "build/everyday", "--target", "api_tests"], { env });
  const description = JSON.parse(run(api, ["openapi"]));
  assert.ok(description.paths["/api/v1/tenants/{tenant}/invoice_lines/{invoice_line}/archive"]);
  assert.equal(description.paths["/api/v1/tenants/{tenant}/note-count"].get.summary, "Counts the notes");
  const { settings } = JSON.parse(run(api, ["config"], { env: { INVOICE_PREFIX: "R-" } }));
  const value = (name) => settings.find((setting) => setting.name === name).value;
  assert.equal(value("INVOICE_PREFIX"), "R-");
  assert.equal(String(value("NOTES_MAX")), "1000");
});

test("their own tests of the API pass", () => {
  const tests = join(copy, "build/everyday/apps/api-service/api_tests");
  for (const feature of ["InvoiceLines", "Notes"]) {
    const said = run(tests, [`--gtest_filter=${feature}.*`]);
    assert.match(said, /\[  PASSED  \] [5-9] tests/, said);
  }
});

test("its rows are created, listed and archived over HTTP by the first owner", { timeout: 120_000 }, async () => {
  const server = new URL(process.env.STARTER_TEST_POSTGRES_URL);
  const name = `scaffold_${process.pid}`;
  const sql = (statement) => run("psql", ["-v", "ON_ERROR_STOP=1", "-qtAc", statement, server.href]);
  sql(`CREATE ROLE ${name}_owner LOGIN CREATEROLE PASSWORD 'of-tests'`);
  sql(`CREATE DATABASE ${name} OWNER ${name}_owner`);
  const login = (role) => `postgresql://${name}_${role}:of-tests@${server.host}/${name}`;
  const pepper = (word) => `${word}-0123456789abcdef0123456789abcdef`;
  const port = await freePort();
  const env = {
    STARTER_ROOT: copy,
    STARTER_API: api,
    HOST: "127.0.0.1",
    PORT: String(port),
    METRICS_PORT: String(await freePort()),
    MIGRATE_DATABASE_URL: login("owner"),
    DATABASE_URL: login("app"),
    WORKER_DATABASE_URL: login("worker"),
    REDIS_URL: process.env.STARTER_TEST_REDIS_URL,
    AUTH_KEY_STORAGE_PATH: join(copy, "var/keys/keyset.json"),
    AUTH_PASSWORD_PEPPER: pepper("password"),
    AUTH_REFRESH_TOKEN_PEPPER: pepper("refresh"),
    AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER: pepper("verification"),
    AUTH_PASSWORD_RESET_TOKEN_PEPPER: pepper("reset"),
    SECRET_KEY: pepper("secret"),
  };
  run(console_, ["release", "db"], { env });
  run(console_, ["auth", "keys", "generate"], { env });
  const owner = JSON.parse(run(console_, ["users", "create-owner", "--email", "ada@example.com", "--tenant", "Acme", "--json"], { env }));
  services.push(spawn(api, ["serve"], { cwd: copy, env: { ...process.env, ...env }, stdio: "ignore" }));

  const ask = async (method, path, { token, body } = {}) => {
    const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    if (token) headers.authorization = `Bearer ${token}`;
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    assert.ok(reply.ok, `${method} ${path}: ${reply.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  for (let attempt = 0; ; ++attempt) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (ready?.ok) break;
    assert.ok(attempt < 300, "the API did not get ready");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const password = "correct horse battery staple";
  await ask("POST", "/api/v1/auth/reset", { body: { token: new URL(owner.link).searchParams.get("token"), password } });
  const session = await ask("POST", "/api/v1/auth/sign-in", { body: { email: "ada@example.com", password } });
  const token = session.access_token;
  const path = `/api/v1/tenants/${session.tenant.id}/invoice_lines`;
  const made = await ask("POST", path, { token, body: { name: "First" } });
  assert.equal((await ask("GET", path, { token })).items[0].name, "First");
  assert.notEqual((await ask("POST", `${path}/${made.id}/archive`, { token })).archived_at, null);
  const tenant = `/api/v1/tenants/${session.tenant.id}`;
  await ask("POST", `${tenant}/notes`, { token, body: { name: "Counted" } });
  assert.deepEqual(await ask("GET", `${tenant}/note-count`, { token }), { notes: 1 });
  assert.equal(
    run("psql", ["-qtAc", "SELECT count(*) FROM invoice_lines", new URL(`/${name}`, server).href]).trim(), "1");
});

test("the web application with them passes its types, its lint rules and the tests of its messages and forms", () => {
  const web = { cwd: join(copy, "apps/web-app") };
  run("bash", ["tools/generators/api-client.sh"]);
  run("npm", ["run", "--silent", "type-check"], web);
  run("npm", ["run", "--silent", "lint"], web);
  run("npx", ["--no-install", "vitest", "run", "tests/unit/messages.test.ts", "tests/unit/invoice_lines.test.ts", "tests/unit/notes.test.ts"], web);
});
