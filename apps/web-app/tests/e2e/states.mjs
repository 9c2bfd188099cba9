// Every page in every state it can be in, with data, empty and failing, each given to `look(page, state)`: the tests
// examine it (states-run.mjs), the pictures photograph it (../screenshots.mjs). The failing states are the API's
// answers, or their absence, made to order by faults.mjs; `later` is what a person does once the API is back.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { complaintsOf, launch } from "./browser.mjs";
import { startFaults, startWeb } from "./faults.mjs";
import { linkFor } from "./mail.mjs";

const run = randomBytes(3).toString("hex");
const password = `violet-anchor-${run}-meadow`;
const slug = `northwind-${run}`;

const press = async (page, values, button) => {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: button }).first().click();
};
const alerted = (page, text) => page.getByRole("alert").filter({ hasText: text }).first().waitFor();
/** What was held has come: in the place of the grey rows stands the wanted element. */
const loaded = (wanted) => async (page) => {
  await wanted(page).first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
};
const inDialog = (page) => page.getByRole("dialog");
/** So many parts of the page say that they failed: in words, with a way to try again and the id that support asks for. */
const failing = (parts, words = "The service is not available right now.") => async (page) => {
  const said = page.getByRole("alert").filter({ hasText: "This could not be loaded" });
  await said.nth(parts - 1).waitFor();
  assert.equal(await said.count(), parts, "parts that failed");
  for (const part of await said.all()) {
    const text = await part.innerText();
    assert.ok(text.includes(words), text);
    assert.match(text, /Request ID\s+[\w.-]{8,}/);
    assert.equal(await part.getByRole("button", { name: "Try again" }).count(), 1, "a way to try again");
  }
};
/** So many parts are not for this person, which is no failure and nothing to try again. */
const closed = (parts) => async (page) => {
  const said = page.getByText("You have no access to this");
  await said.nth(parts - 1).waitFor();
  assert.equal(await said.count(), parts, "parts that are closed");
  assert.equal(await page.getByText("An owner or admin of the workspace can change that.").count(), parts, "whom to ask");
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
};
const triedAgain = (wanted) => async (page) => {
  await page.getByRole("button", { name: "Try again" }).first().click();
  await wanted(page).first().waitFor();
};

const unavailable = [503, "unavailable"];
const limited = [429, "rate.limited"];
const forbidden = [403, "role.insufficient"];
const suspended = (reply) => ({ ...reply, items: reply.items.map((tenant) => ({ ...tenant, status: "suspended" })) });
const gone = [404, "not_found"];
/** A name that would act, turn the line around or be cut in half, were it anything but text. */
const markup = `<img src=x onerror="document.title='acted'">\u202Etxet \u{1F6A2}`;
const first = (change) => (reply) => ({ ...reply, items: reply.items.map((item, index) => (index === 0 ? { ...item, ...change } : item)) });

/** Before anybody signs in. */
const visitor = [
  { name: "landing", path: "/", full: true },
  { name: "sign-up", path: "/sign-up" },
  { name: "sign-up-invited", path: "/sign-up?invite=example" },
  {
    name: "sign-up-mistakes",
    path: "/sign-up",
    async prepare(page) {
      await page.locator("form[action='/api/auth/sign-up']").evaluate((form) => (form.noValidate = true));
      await press(page, { "Your name": "", "E-mail": "nobody", Password: "short" }, "Create account");
      await page.locator("[name=password][aria-invalid=true]").waitFor();
    },
  },
  {
    name: "sign-up-limited",
    path: "/sign-up",
    faults: { sign_up: limited },
    async prepare(page) {
      await press(page, { "Your name": "Ada", "E-mail": "ada@example.com", Password: password }, "Create account");
      await alerted(page, "That was a lot at once");
    },
  },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-in-ended", path: "/sign-in?ended=1" },
  {
    name: "sign-in-wrong",
    path: "/sign-in",
    faults: { sign_in: [401, "credentials.invalid"] },
    async prepare(page) {
      await press(page, { "E-mail": "nobody@example.com", Password: "wrong-wrong-wrong" }, "Sign in");
      await alerted(page, "E-mail or password is wrong.");
    },
  },
  {
    name: "sign-in-throttled",
    path: "/sign-in",
    faults: { sign_in: [429, "sign_in.throttled"] },
    async prepare(page) {
      await press(page, { "E-mail": "nobody@example.com", Password: "wrong-wrong-wrong" }, "Sign in");
      await alerted(page, "Too many attempts.");
    },
  },
  {
    name: "sign-in-down",
    path: "/sign-in",
    faults: { "*": "down" },
    async prepare(page) {
      await press(page, { "E-mail": "nobody@example.com", Password: "wrong-wrong-wrong" }, "Sign in");
      await alerted(page, "not available right now");
    },
  },
  { name: "forgot", path: "/forgot" },
  {
    name: "forgot-sent",
    path: "/forgot",
    async prepare(page) {
      await press(page, { "E-mail": `nobody-${run}@example.com` }, "Send the link");
      await page.getByText("a link is on its way").waitFor();
    },
  },
  { name: "reset", path: "/reset?token=example" },
  { name: "reset-no-token", path: "/reset" },
  {
    name: "reset-invalid",
    path: "/reset?token=example",
    faults: { reset_password: [422, "token.invalid"] },
    async prepare(page) {
      await press(page, { "New password": password }, "Set new password");
      await alerted(page, "no longer valid");
    },
  },
  { name: "verify-ask", path: "/verify" },
  { name: "verify", path: "/verify?token=example" },
  {
    name: "verify-invalid",
    path: "/verify?token=example",
    faults: { verify_email: [422, "token.invalid"] },
    async prepare(page) {
      await page.getByRole("button", { name: "Confirm e-mail address" }).click();
      await alerted(page, "no longer valid");
    },
  },
  { name: "invite", path: "/invite/example" },
];

/** Signed in, nothing there yet. */
const beginner = [
  { name: "select-empty", path: "/select", full: true },
  {
    name: "select-taken",
    path: "/select",
    faults: { create_tenant: [409, "tenant.slug_taken"] },
    async prepare(page) {
      await press(page, { "Workspace name": "Northwind", "Address (optional)": "northwind" }, "Create workspace");
      await page.getByText("This address is taken").waitFor();
    },
  },
  {
    name: "invite-other-address",
    path: "/invite/example",
    faults: { accept_invite: [403, "invite.email_mismatch"] },
    async prepare(page) {
      await page.getByRole("button", { name: "Accept invitation" }).click();
      await alerted(page, "sent to another address");
    },
  },
];
const emptyTenant = [
  { name: "dashboard-empty", path: `/${slug}`, full: true },
  { name: "projects-empty", path: `/${slug}/projects` },
  { name: "members-empty", path: `/${slug}/members`, full: true },
];

const rename = async (page, words) => {
  await page.getByRole("button", { name: "Actions for Harbour redesign" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await inDialog(page).getByLabel("Name").fill("Harbour");
  await inDialog(page).getByRole("button", { name: "Save" }).click();
  await alerted(inDialog(page), words);
};
const createProject = async (page, words) => {
  await inDialog(page).getByLabel("Name").fill("One more");
  await inDialog(page).getByRole("button", { name: "Create project" }).click();
  await alerted(inDialog(page), words);
};

/** A workspace at work. */
const owner = [
  { name: "dashboard", path: `/${slug}`, full: true },
  { name: "projects", path: `/${slug}/projects` },
  { name: "projects-create", path: `/${slug}/projects?action=create`, prepare: (page) => inDialog(page).waitFor() },
  {
    name: "projects-menu",
    path: `/${slug}/projects`,
    async prepare(page) {
      await page.getByRole("button", { name: "Actions for Harbour redesign" }).click();
      await page.getByRole("menu").waitFor();
    },
  },
  { name: "members", path: `/${slug}/members`, full: true },
  { name: "members-invite", path: `/${slug}/members?action=invite`, prepare: (page) => inDialog(page).waitFor() },
  { name: "general", path: `/${slug}/settings/general` },
  { name: "profile", path: "/account/profile" },
  { name: "security", path: "/account/security" },
  { name: "sessions", path: "/account/sessions" },
  { name: "select", path: "/select", full: true },
  {
    name: "palette",
    path: `/${slug}`,
    anyLanguage: true,
    async prepare(page) {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").waitFor();
    },
  },
  {
    name: "menus",
    path: `/${slug}`,
    async prepare(page) {
      if (page.viewportSize().width < 832) {
        await page.getByRole("button", { name: "Open menu" }).click();
        await page.getByRole("dialog").waitFor();
      } else {
        await page.getByRole("button", { name: /@example\.com/ }).click();
        await page.getByRole("menu").waitFor();
      }
    },
  },
  {
    name: "dashboard-loading",
    path: `/${slug}`,
    full: true,
    faults: { list_projects: "held", list_members: "held", list_invites: "held", list_audit_events: "held" },
    later: loaded((page) => page.getByRole("main").getByText("Ada Lovelace")),
  },
  {
    name: "projects-loading",
    path: `/${slug}/projects`,
    faults: { list_projects: "held" },
    later: loaded((page) => page.getByRole("rowheader", { name: "Harbour redesign" })),
  },
  {
    name: "members-loading",
    path: `/${slug}/members`,
    full: true,
    faults: { list_members: "held", list_invites: "held" },
    later: loaded((page) => page.getByRole("rowheader", { name: "grace@example.com" })),
  },
  {
    name: "general-loading",
    path: `/${slug}/settings/general`,
    faults: { read_tenant: "held" },
    later: loaded((page) => page.getByLabel("Workspace name")),
  },
  {
    name: "sessions-loading",
    path: "/account/sessions",
    faults: { list_sessions: "held" },
    later: loaded((page) => page.getByText("This device")),
  },
  { name: "not-found", path: "/no-such-workspace", status: 404 },
  { name: "no-such-page", path: `/${slug}/no-such-page`, status: 404 },
  {
    name: "dashboard-failing",
    path: `/${slug}`,
    full: true,
    faults: { list_projects: unavailable, list_members: unavailable, list_invites: unavailable, list_audit_events: unavailable },
    prepare: failing(2),
  },
  {
    name: "projects-failing",
    path: `/${slug}/projects`,
    faults: { list_projects: unavailable },
    prepare: failing(1),
    later: triedAgain((page) => page.getByRole("rowheader", { name: "Harbour redesign" })),
  },
  { name: "projects-limited", path: `/${slug}/projects`, faults: { list_projects: limited }, prepare: failing(1, "That was a lot at once.") },
  {
    name: "members-failing",
    path: `/${slug}/members`,
    full: true,
    faults: { list_members: unavailable, list_invites: unavailable },
    prepare: failing(2),
  },
  {
    name: "members-forbidden",
    path: `/${slug}/members`,
    full: true,
    faults: { list_members: forbidden, list_invites: forbidden },
    prepare: closed(2),
  },
  { name: "general-failing", path: `/${slug}/settings/general`, faults: { read_tenant: unavailable }, prepare: failing(1) },
  { name: "general-forbidden", path: `/${slug}/settings/general`, faults: { read_tenant: forbidden }, prepare: closed(1) },
  { name: "profile-failing", path: "/account/profile", faults: { read_me: unavailable }, prepare: failing(1) },
  { name: "sessions-failing", path: "/account/sessions", faults: { list_sessions: unavailable }, prepare: failing(1) },
  { name: "select-failing", path: "/select", faults: { list_tenants: unavailable }, prepare: failing(1) },
  {
    name: "shell-failing",
    path: `/${slug}`,
    full: true,
    faults: { list_tenants: unavailable, read_me: unavailable },
    prepare: (page) => page.getByRole("status").filter({ hasText: "Part of this page could not be loaded" }).waitFor(),
  },
  { name: "down", path: `/${slug}`, full: true, faults: { "*": "down" }, prepare: failing(2) },
  {
    name: "A14-markup-in-names",
    path: `/${slug}/projects`,
    faults: { list_projects: first({ name: markup }), list_tenants: first({ name: markup }), read_me: (person) => ({ ...person, display_name: markup }) },
    async prepare(page) {
      const row = page.getByRole("rowheader").filter({ hasText: "txet" });
      await row.waitFor();
      assert.equal((await row.innerText()).trim(), markup);
      assert.equal(await page.getByText(markup, { exact: true }).count() >= 3, true, "project, workspace and person are named");
      assert.equal(await page.getByRole("button", { name: `Actions for ${markup}` }).count(), 1);
      assert.equal(await page.locator("img[src=x], [onerror]").count(), 0, "a name makes no element");
      assert.doesNotMatch(await page.title(), /acted/);
    },
  },
  {
    name: "suspended",
    path: `/${slug}/projects`,
    faults: { list_tenants: suspended, list_projects: [403, "tenant.suspended"] },
    prepare: (page) => page.getByText("This workspace is suspended").waitFor(),
  },
  {
    name: "create-limited",
    path: `/${slug}/projects?action=create`,
    faults: { create_project: limited },
    prepare: (page) => createProject(page, "That was a lot at once"),
  },
  {
    name: "create-down",
    path: `/${slug}/projects?action=create`,
    faults: { create_project: "down" },
    prepare: (page) => createProject(page, "not available right now"),
    async later(page) {
      await inDialog(page).getByRole("button", { name: "Create project" }).click();
      await page.getByRole("rowheader", { name: "One more" }).waitFor();
    },
  },
  {
    name: "create-forbidden",
    path: `/${slug}/projects?action=create`,
    faults: { create_project: forbidden },
    prepare: (page) => createProject(page, "Your role does not allow this."),
  },
  {
    name: "rename-conflict",
    path: `/${slug}/projects`,
    faults: { rename_project: [412, "precondition.failed"] },
    prepare: (page) => rename(page, "Somebody else changed this"),
  },
  { name: "rename-gone", path: `/${slug}/projects`, faults: { rename_project: gone }, prepare: (page) => rename(page, "no longer exists") },
  {
    name: "general-conflict",
    path: `/${slug}/settings/general`,
    faults: { rename_tenant: [412, "precondition.failed"] },
    async prepare(page) {
      await press(page, { "Workspace name": "Northwind II" }, "Save");
      await alerted(page, "Somebody else changed this");
    },
  },
  {
    name: "last-owner",
    path: `/${slug}/members`,
    faults: { remove_member: [409, "tenant.last_owner"] },
    async prepare(page) {
      await page.getByRole("button", { name: "Actions for Ada Lovelace" }).click();
      await page.getByRole("menuitem", { name: "Leave workspace" }).click();
      await inDialog(page).getByRole("button", { name: "Leave workspace" }).click();
      await alerted(inDialog(page), "needs at least one owner");
    },
  },
  {
    name: "security-wrong",
    path: "/account/security",
    async prepare(page) {
      await press(page, { "Current password": "wrong-wrong-wrong", "New password": `${password}-2` }, "Change password");
      await page.getByText("This is not your current password.").waitFor();
    },
  },
];
const german = ["dashboard", "projects", "members", "general", "profile", "security", "sessions", "select", "palette", "not-found", "dashboard-failing", "members-forbidden", "shell-failing", "down", "suspended"]
  .map((name) => owner.find((state) => state.name === name))
  .map((state) => ({ ...state, name: `${state.name}-german`, locale: "de", prepare: state.anyLanguage ? state.prepare : undefined }));
const germanVisitor = ["landing", "sign-up", "sign-in-ended", "forgot", "reset", "reset-no-token", "verify-ask", "verify", "invite"]
  .map((name) => visitor.find((state) => state.name === name))
  .map((state) => ({ ...state, name: `${state.name}-german`, locale: "de" }));

/** Nobody is signed in any more, or nobody can say. */
const ending = [
  {
    name: "signed-in-but-down",
    path: `/${slug}`,
    faults: { "*": "down" },
    status: 503,
    forget: /access/,
    async later(page) {
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { name: "Northwind Traders" }).waitFor();
    },
  },
  {
    name: "form-while-down",
    path: `/${slug}/settings/general`,
    faultsLater: { "*": "down" },
    forgetLater: /access/,
    async prepare(page) {
      await press(page, { "Workspace name": "Northwind II" }, "Save");
      await alerted(page, "not available right now");
    },
  },
  { name: "session-ended", path: `/${slug}`, faults: { refresh_session: [401, "session.ended"] }, forget: /access/ },
];

/** Walks all states whose name fits `only`. `look(page, state, { open, complaints })` does what is wanted with each. */
export async function walk({ apiUrl, mailUrl, only = /./, look }) {
  const faults = await startFaults(apiUrl);
  const web = await startWeb(faults.url).catch((error) => {
    faults.close();
    throw error;
  });
  const browser = await launch();
  try {
    const at = (path) => new URL(path, web.url).href;
    const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const complaints = complaintsOf(page);

    const forget = (names) => context.clearCookies({ name: names });
    const visit = async (states) => {
      for (const state of states.filter(({ name }) => only.test(name))) {
        const kept = await context.cookies();
        const open = async () => {
          await context.clearCookies();
          await context.addCookies(state.locale ? [...kept, { name: "locale", value: state.locale, url: web.url }] : kept);
          faults.fail(state.faults ?? {});
          if (state.forget) await forget(state.forget);
          const loading = Object.values(state.faults ?? {}).includes("held");
          const reply = await page.goto(at(state.path), { waitUntil: loading ? "commit" : "load" });
          if (reply.status() !== (state.status ?? 200)) throw new Error(`${state.name}: status ${reply.status()}`);
          await (loading ? page.locator(".skeleton").last().waitFor() : page.waitForLoadState("networkidle"));
          if (state.faultsLater) faults.fail(state.faultsLater);
          if (state.forgetLater) await forget(state.forgetLater);
          await state.prepare?.(page);
        };
        await look(page, state, { open, complaints, fail: faults.fail });
        faults.fail({});
        await context.clearCookies();
        await context.addCookies(kept);
      }
    };

    await visit([...visitor, ...germanVisitor]);
    await signUp(page, at, mailUrl, { name: "Ada Lovelace", email: `ada-${run}@example.com` });
    await visit(beginner);
    await page.goto(at("/select"));
    await press(page, { "Workspace name": "Northwind Traders", "Address (optional)": slug }, "Create workspace");
    await page.waitForURL(at(`/${slug}`));
    await visit(emptyTenant);
    await fill(page, at);
    await visit([...owner, ...german, ...ending]);
  } finally {
    await browser.close();
    await web.close();
    faults.close();
  }
}

async function signUp(page, at, mailUrl, person) {
  await page.goto(at("/sign-up"));
  await press(page, { "Your name": person.name, "E-mail": person.email, Password: password }, "Create account");
  await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
  // The mail names the stack's own web server; this one stands beside it.
  const link = new URL(await linkFor(mailUrl, person.email, "/verify"));
  await page.goto(at(link.pathname + link.search));
  await page.getByRole("button", { name: "Confirm e-mail address" }).click();
  await page.getByText("is confirmed").waitFor();
  await press(page, { "E-mail": person.email, Password: password }, "Sign in");
  await page.getByRole("heading", { name: "Create your first workspace" }).waitFor();
}

async function fill(page, at) {
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const name of ["Harbour redesign", "Quarterly report", "Supplier portal", "Warehouse sensors", "Zollabwicklung Nord"]) {
    await page.goto(at(`/${slug}/projects?action=create`));
    await inDialog(page).getByLabel("Name").fill(name);
    await inDialog(page).getByRole("button", { name: "Create project" }).click();
    await page.getByRole("rowheader", { name }).waitFor();
  }
  await page.getByRole("button", { name: "Actions for Quarterly report" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await inDialog(page).getByRole("button", { name: "Archive" }).click();
  await page.getByRole("cell", { name: "Archived" }).waitFor();
  for (const email of ["grace@example.com", "katherine@example.com", "a.rather.long.address.indeed@subsidiary.example.com"]) {
    await page.goto(at(`/${slug}/members?action=invite`));
    await inDialog(page).getByLabel("E-mail").fill(email);
    await inDialog(page).getByRole("button", { name: "Send invitation" }).click();
    await page.getByRole("rowheader", { name: email }).waitFor();
  }
}
