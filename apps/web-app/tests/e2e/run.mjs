// The whole journey in a real browser against a running system:
//
//   WEB_URL=http://localhost:3000 MAIL_URL=http://localhost:8025 npm run e2e
//
// Each step says what it did. axe examines every page on the way, in both themes; at the end any
// console error, hydration error or CSP violation fails the run. NO_AXE=1 skips the examination.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { examine } from "./axe.mjs";
import { complaintsOf, launch } from "./browser.mjs";
import { endingSteps } from "./endings.mjs";
import { linkFor } from "./mail.mjs";
import { examinePseudo } from "./pseudo.mjs";
import { madeUpAddress, tlsSteps } from "./tls.mjs";

const webUrl = process.env.WEB_URL ?? process.env.STARTER_WEB_URL;
const mailUrl = process.env.MAIL_URL ?? process.env.STARTER_MAIL_URL;
if (!webUrl || !mailUrl) {
  console.error("WEB_URL and MAIL_URL are needed, for example WEB_URL=http://localhost:3000 MAIL_URL=http://localhost:8025");
  process.exit(64);
}

const https = webUrl.startsWith("https:");
const run = randomBytes(4).toString("hex");
const password = `violet-anchor-${run}-meadow`;
const owner = { name: "Ada Journey", email: `ada-${run}@example.com` };
const guest = { name: "Grace Guest", email: `grace-${run}@example.com` };
const workspace = `journey-${run}`;

const browser = await launch();
const at = (path) => new URL(path, webUrl).href;
const complaintsBy = new Map();
let steps = 0;

async function step(name, work) {
  const started = performance.now();
  try {
    await work();
  } catch (error) {
    console.error(`not ok - ${name}`);
    throw error;
  }
  console.log(`ok ${++steps} - ${name} (${Math.round(performance.now() - started)} ms)`);
}

async function newPage(options = {}) {
  const context = await browser.newContext({
    locale: "en-GB",
    ...(https ? { extraHTTPHeaders: { "x-forwarded-for": madeUpAddress } } : {}),
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  complaintsBy.set(page, complaintsOf(page));
  return page;
}

async function signUp(page, person) {
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
}

async function confirm(page, person) {
  await page.goto(await linkFor(mailUrl, person.email, "/verify"));
  await page.getByRole("button", { name: "Confirm e-mail address" }).click();
  await page.getByText("Your e-mail address is confirmed").waitFor();
}

async function signIn(page, person, secret = password) {
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signOut(page) {
  await page.getByRole("button", { name: /@example\.com/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
}

/** Presses Tab until the wanted element has the focus; on the way every element must show that it has it. */
async function tabTo(page, wanted, most = 40) {
  await wanted.waitFor();
  for (let pressed = 0; pressed <= most; pressed += 1) {
    if (await wanted.evaluate((each) => each === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(() => {
      const { activeElement: each } = document;
      if (!each || each === document.body || each.hasAttribute("data-base-ui-focus-guard") || each.tabIndex < 0) return null;
      return getComputedStyle(each).outlineStyle === "none" ? each.outerHTML.slice(0, 200) : null;
    });
    assert.equal(hidden, null, "the focus is visible");
  }
  assert.fail(`${wanted} is not reached by ${most} presses of Tab`);
}

try {
  if (https) {
    const { STARTER_HTTPS_CA: ca, STARTER_HTTPS_PLAIN_PORT: plainPort } = process.env;
    for (const [name, work] of tlsSteps({ webUrl, plainPort, ca, newPage })) await step(name, work);
  }
  const page = await newPage();
  const said = complaintsBy.get(page);

  await step("the landing page leads to signing up", async () => {
    await page.goto(at("/"));
    await examine(page);
    await page.getByRole("link", { name: "Create an account" }).first().click();
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
  });

  await step("mistakes are named at their fields, and what was typed stays", async () => {
    await page.getByLabel("Your name").fill(owner.name);
    await page.getByLabel("E-mail").fill(owner.email);
    await page.getByLabel("Password", { exact: true }).fill("short");
    // The browser's own check would stop the form before the server could answer.
    await page.locator("form[action='/api/auth/sign-up']").evaluate((form) => (form.noValidate = true));
    await page.getByRole("button", { name: "Create account" }).click();
    await page.locator("[name=password][aria-invalid=true]").waitFor();
    assert.equal(await page.getByLabel("E-mail").inputValue(), owner.email);
    await examine(page);
  });

  await step("signing up sends a mail", async () => {
    await signUp(page, owner);
    await examine(page);
  });

  await step("signing in before confirming leads to the confirmation page", async () => {
    await page.goto(at("/sign-in"));
    await signIn(page, owner);
    await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
  });

  await step("the mail is sent again by a button", async () => {
    await page.getByRole("button", { name: "Send the link again" }).click();
    await page.getByText("If the address needs confirming, a new link is on its way.").waitFor();
    await linkFor(mailUrl, owner.email, "/verify", 2);
  });

  await step("the link in the mail confirms the address by a button", async () => {
    await confirm(page, owner);
    await examine(page);
  });

  await step("a wrong password is refused in one sentence", async () => {
    await signIn(page, owner, "not-the-password-at-all");
    await page.getByText("E-mail or password is wrong.").waitFor();
  });

  await step("signing in without a workspace leads to creating one", async () => {
    await signIn(page, owner);
    await page.getByRole("heading", { name: "Create your first workspace" }).waitFor();
    await examine(page);
    await page.getByLabel("Workspace name").fill(`Journey ${run}`);
    await page.getByLabel("Address (optional)").fill(workspace);
    await page.getByRole("button", { name: "Create workspace" }).click();
  });

  await step("the dashboard shows people, activity and first steps", async () => {
    await page.waitForURL(at(`/${workspace}`));
    await page.getByRole("heading", { name: `Journey ${run}` }).waitFor();
    await page.getByText("created the workspace").waitFor();
    await page.getByRole("heading", { name: "First steps" }).waitFor();
    await examine(page);
  });

  await step("session cookies are out of reach of scripts", async () => {
    const cookies = (await page.context().cookies()).filter((cookie) => /session|access/.test(cookie.name));
    assert.ok(cookies.length >= 2, "a refresh and an access cookie");
    for (const cookie of cookies) {
      assert.ok(cookie.httpOnly, `${cookie.name} is HttpOnly`);
      assert.equal(cookie.sameSite, "Lax");
      if (https) assert.ok(cookie.secure && cookie.name.startsWith("__Host-"), `${cookie.name} is bound to the host`);
    }
    assert.equal(await page.evaluate(() => document.cookie), "");
  });

  await step("a project is created, renamed and archived", async () => {
    await page.getByRole("link", { name: "Projects", exact: true }).click();
    await page.getByText("No projects yet").waitFor();
    await examine(page);
    await page.getByRole("button", { name: "Create project" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Lighthouse");
    await examine(page);
    await dialog.getByRole("button", { name: "Create project" }).click();
    await page.getByRole("rowheader", { name: "Lighthouse" }).waitFor();
    await page.getByRole("button", { name: "Actions for Lighthouse" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await dialog.getByLabel("Name").fill("Lighthouse II");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("rowheader", { name: "Lighthouse II" }).waitFor();
    await page.getByRole("button", { name: "Actions for Lighthouse II" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await dialog.getByRole("button", { name: "Archive" }).click();
    await page.getByRole("cell", { name: "Archived" }).waitFor();
    await examine(page);
  });

  await step("a guest is invited, joins by their own act and has the role", async () => {
    await page.getByRole("link", { name: "Members", exact: true }).click();
    await page.getByRole("button", { name: "Invite member" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail").fill(guest.email);
    await dialog.getByLabel("Role").selectOption("viewer");
    await dialog.getByRole("button", { name: "Send invitation" }).click();
    await page.getByRole("rowheader", { name: guest.email }).waitFor();
    await examine(page);

    const other = await newPage({ colorScheme: "dark" });
    const link = await linkFor(mailUrl, guest.email, "/invite/");
    await other.goto(link);
    await examine(other);
    await other.getByRole("link", { name: "Create an account" }).click();
    await signUp(other, guest);
    await confirm(other, guest);
    // The account was made through the invitation, so confirming the address was the acceptance.
    await other.goto(at("/sign-in"));
    await signIn(other, guest);
    await other.waitForURL(at(`/${workspace}`));
    await other.goto(link);
    await other.getByRole("button", { name: "Accept invitation" }).click();
    await other.waitForURL(at(`/${workspace}`));
    await other.getByText("You have no access to this").waitFor();
    await examine(other);
    await other.goto(at(`/${workspace}/projects`));
    await other.getByRole("rowheader", { name: "Lighthouse II" }).waitFor();
    assert.equal(await other.getByRole("button", { name: "Create project" }).count(), 0, "a viewer may not create");
    await other.context().close();
  });

  await step("the guest becomes a member", async () => {
    await page.reload();
    await page.getByRole("button", { name: `Actions for ${guest.name}` }).click();
    await page.getByRole("menuitem", { name: "Change role" }).click();
    await page.getByRole("dialog").getByLabel("Role").selectOption("member");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: guest.email }).getByRole("cell", { name: "Member", exact: true }).waitFor();
  });

  await step("the workspace is renamed", async () => {
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page.getByLabel("Workspace name").fill(`Journey ${run} renamed`);
    await examine(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    await page.getByRole("button", { name: `Journey ${run} renamed` }).waitFor();
  });

  await step("the command palette goes everywhere by keyboard", async () => {
    await page.keyboard.press("Control+k");
    const input = page.getByPlaceholder("Type a page or an action…");
    await input.waitFor();
    await examine(page);
    await input.pressSequentially("sessions");
    await page.keyboard.press("Enter");
    await page.waitForURL(at("/account/sessions"));
    await page.getByText("This device").waitFor();
    if (https) {
      // The proxy's word about the address, carried to the API by the signed hop; not the client's.
      await page.getByText("127.0.0.1").first().waitFor();
      assert.equal(await page.getByText(madeUpAddress).count(), 0);
    }
    await examine(page);
  });

  await step("profile and password can be changed", async () => {
    await page.getByRole("link", { name: "Profile", exact: true }).click();
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await examine(page);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: /Ada Lovelace/ }).waitFor();
    await page.getByRole("link", { name: "Security", exact: true }).click();
    await page.getByLabel("Current password").fill("wrong-wrong-wrong");
    await page.getByLabel("New password").fill(`${password}-2`);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("This is not your current password.").waitFor();
    await examine(page);
    await page.getByLabel("Current password").fill(password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Password changed").waitFor();
  });

  await step("theme and language follow the person's choice", async () => {
    await page.goto(at("/sign-in"));
    await page.waitForURL(at("/select"));
    await page.getByRole("button", { name: "Dark" }).click();
    await page.locator("html[data-theme=dark]").waitFor();
    await examine(page);
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Arbeitsbereich wählen" }).waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Choose a workspace" }).waitFor();
  });

  await step("someone else's workspace does not exist", async () => {
    const response = await page.goto(at(`/not-${workspace}`));
    assert.equal(response.status(), 404);
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    said.length = 0; // The browser logs the 404 that was asked for.
  });

  await step("signing out ends the session here and on the server", async () => {
    await page.goto(at(`/${workspace}`));
    const before = await page.context().cookies();
    await signOut(page);
    const left = (await page.context().cookies()).map((cookie) => cookie.name);
    assert.ok(!left.some((name) => /session|access/.test(name)), `no session cookie is left: ${left}`);
    await page.context().addCookies(before);
    // An access token is refused within a second of the sign-out, on every replica.
    const ended = page.getByText("Your session has ended");
    for (let look = 0; look < 10 && (await ended.count()) === 0; look += 1) await page.goto(at(`/${workspace}`));
    await ended.waitFor();
    await examine(page);
  });

  await step("a forgotten password is replaced", async () => {
    await page.goto(at("/forgot"));
    await examine(page);
    await page.getByLabel("E-mail").fill(owner.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("a link is on its way").waitFor();
    await page.goto(await linkFor(mailUrl, owner.email, "/reset"));
    await page.getByLabel("New password").fill(`${password}-3`);
    await examine(page);
    await page.getByRole("button", { name: "Set new password" }).click();
    await page.getByText("Your new password is set").waitFor();
    await signIn(page, owner, `${password}-3`);
    await page.waitForURL(at(`/${workspace}`));
  });

  await step("the work is done by keyboard alone, and what has the focus shows it", async () => {
    const hands = await newPage();
    await hands.goto(at(`/${workspace}/projects`));
    await tabTo(hands, hands.getByLabel("E-mail"));
    await hands.keyboard.type(owner.email);
    await tabTo(hands, hands.getByLabel("Password", { exact: true }));
    await hands.keyboard.type(`${password}-3`);
    await hands.keyboard.press("Enter");
    await hands.waitForURL(at(`/${workspace}/projects`));
    await hands.getByRole("heading", { name: "Projects" }).waitFor();

    await tabTo(hands, hands.getByRole("link", { name: "Skip to content" }));
    await hands.keyboard.press("Enter");
    const create = hands.getByRole("button", { name: "Create project" }).first();
    await tabTo(hands, create, 2);
    await hands.keyboard.press("Enter");
    const dialog = hands.getByRole("dialog");
    await dialog.waitFor();
    await hands.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.ok(await create.evaluate((each) => each === document.activeElement), "the focus returns to where it was");
    await hands.keyboard.press("Enter");
    await tabTo(hands, dialog.getByLabel("Name"));
    await hands.keyboard.type("Lighthouse III");
    await hands.keyboard.press("Enter");
    await hands.getByRole("rowheader", { name: "Lighthouse III" }).waitFor();

    await tabTo(hands, hands.getByRole("button", { name: "Actions for Lighthouse III" }));
    await hands.keyboard.press("Enter");
    await hands.getByRole("menu").waitFor();
    await hands.keyboard.press("End");
    await hands.keyboard.press("Enter");
    await tabTo(hands, dialog.getByRole("button", { name: "Archive" }));
    await hands.keyboard.press("Enter");
    await hands.getByRole("row", { name: "Lighthouse III" }).getByText("Archived").waitFor();
    await hands.context().close();
  });

  await step("two tabs whose tokens end at the same moment both stay signed in", async () => {
    for (let round = 0; round < 5; round += 1) {
      await page.context().clearCookies({ name: /access/ });
      const second = await page.context().newPage();
      await Promise.all([page.goto(at(`/${workspace}`)), second.goto(at(`/${workspace}/members`))]);
      await Promise.all([page.getByRole("heading", { name: "Recent activity" }).waitFor(), second.getByRole("heading", { name: "People" }).waitFor()]);
      await second.close();
    }
  });

  await step("entrances work without JavaScript", async () => {
    const plain = await newPage({ javaScriptEnabled: false });
    const person = { name: "Edith Plain", email: `edith-${run}@example.com` };
    await plain.goto(at("/sign-up"));
    await signUp(plain, person);
    await confirm(plain, person);
    await plain.goto(at("/forgot"));
    await plain.getByLabel("E-mail").fill(person.email);
    await plain.getByRole("button", { name: "Send the link" }).click();
    await plain.getByText("a link is on its way").waitFor();
    await plain.goto(await linkFor(mailUrl, person.email, "/reset"));
    await plain.getByLabel("New password").fill(`${password}-4`);
    await plain.getByRole("button", { name: "Set new password" }).click();
    await plain.getByText("Your new password is set").waitFor();
    await signIn(plain, person, `${password}-4`);
    await plain.waitForURL(at("/select"));
    await plain.context().clearCookies();
    await plain.goto(at(`/${workspace}/members`));
    await signIn(plain, owner, "wrong-wrong-wrong");
    await plain.getByText("E-mail or password is wrong.").waitFor();
    assert.equal(await plain.getByLabel("E-mail").inputValue(), owner.email);
    await signIn(plain, owner, `${password}-3`);
    await plain.waitForURL(at(`/${workspace}/members`));
    await plain.goto(at("/select"));
    await plain.getByLabel("Workspace name").fill("Plain");
    await plain.getByLabel("Address (optional)").fill(workspace);
    await plain.getByRole("button", { name: "Create workspace" }).click();
    await plain.getByText("This address is taken").waitFor();
    assert.equal(await plain.getByLabel("Workspace name").inputValue(), "Plain");
    await plain.getByLabel("Address (optional)").fill(`plain-${run}`);
    await plain.getByRole("button", { name: "Create workspace" }).click();
    await plain.waitForURL(at(`/plain-${run}`));
    await plain.context().close();
  });

  await step("two tabs work in two workspaces", async () => {
    const second = await page.context().newPage();
    await second.goto(at(`/plain-${run}/settings/general`));
    await page.goto(at(`/${workspace}/settings/general`));
    await second.getByLabel("Workspace name").fill("Plain renamed");
    await second.getByRole("button", { name: "Save" }).click();
    await second.getByText("Saved").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Workspace name").inputValue(), `Journey ${run} renamed`);
  });

  const late = { name: "Late Guest", email: `late-${run}@example.com` };
  const people = { owner, guest, late, secret: `${password}-3`, guestSecret: password };
  const forgive = (each) => (complaintsBy.get(each).length = 0);
  for (const [name, work] of endingSteps({ page, at, workspace, ...people, mailUrl, newPage, signUp, confirm, signIn, forgive })) await step(name, work);

  await step("pages stay light: scripts within the framework's 135 KiB plus 25 in public, 60 inside", async () => {
    for (const [path, budget] of [["/sign-in", 160], [`/${workspace}`, 195], [`/${workspace}/members`, 195]]) {
      const fresh = await newPage(path === "/sign-in" ? {} : { storageState: await page.context().storageState() });
      const sizes = [];
      fresh.on("response", (response) => {
        // A development server's scripts are neither small nor immutable; budgets are for builds.
        const built = (response.headers()["cache-control"] ?? "").includes("immutable");
        if (built && response.request().resourceType() === "script") sizes.push(response.body().then((body) => gzipSync(body).length));
      });
      await fresh.goto(at(path));
      await fresh.waitForLoadState("networkidle");
      const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1024;
      assert.ok(total <= budget, `${path} loads ${total.toFixed(1)} KiB of scripts, ${budget} allowed`);
      await fresh.context().close();
    }
  });

  // A hosted service speaks no made-up language.
  const pseudo = async () => {
    const paths = ["", "/projects", "/members", "/settings/general"].map((each) => `/${workspace}${each}`);
    await examinePseudo(page, ["/", "/select", ...paths, "/account/profile", "/account/security", "/account/sessions"]);
    const visitor = await newPage();
    await visitor.goto(at("/"));
    await examinePseudo(visitor, ["/sign-in", "/sign-up", "/verify", "/verify?token=x", "/forgot", "/reset", "/reset?token=x", "/invite/x"]);
    await visitor.context().close();
  };
  if (!https) await step("every text is translated and has room to grow", pseudo);

  await step("the pages had nothing to complain about", () => {
    assert.deepEqual([...complaintsBy.values()].flat(), []);
  });
  console.log(`# ${steps} steps passed`);
} catch (error) {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      const file = new URL(`../.output/failed-${steps}.png`, import.meta.url).pathname;
      await page.screenshot({ path: file }).catch(() => undefined);
      console.error(`${page.url()} -> ${file}`);
      break;
    }
  }
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
