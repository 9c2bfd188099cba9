// Pictures of every page at 1440 and 390 pixels, light and dark, with data and empty, and of the pages
// a failing API leads to:
//
//   node tests/screenshots.mjs http://localhost:3000
//
// Needs MAIL_URL, because it signs up like anybody else. FAIL_URL, when given, names an address that
// takes `["operation", ...]` and makes those operations fail; without it the failing states are
// skipped. Pictures land in tests/.output/screenshots.
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { launch } from "./e2e/browser.mjs";
import { linkFor } from "./e2e/mail.mjs";

const base = process.argv[2] ?? process.env.WEB_URL ?? "http://localhost:3000";
const mailUrl = process.env.MAIL_URL ?? "http://localhost:8025";
const failUrl = process.env.FAIL_URL;
const only = process.env.ONLY ? new RegExp(process.env.ONLY) : /./;
const output = new URL("./.output/screenshots/", import.meta.url).pathname;
await mkdir(output, { recursive: true });

const run = randomBytes(3).toString("hex");
const slug = `northwind-${run}`;
const at = (path) => new URL(path, base).href;
const person = { name: "Ada Lovelace", email: `ada-${run}@example.com`, password: `violet-anchor-${run}-meadow` };

const browser = await launch();
const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ignoreHTTPSErrors: true });
const page = await context.newPage();

async function shoot(name, path, prepare = async () => undefined) {
  if (!only.test(name)) return;
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: width === 1440 ? 900 : 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(at(path));
      await page.waitForLoadState("networkidle");
      await prepare(width);
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${output}${name}-${width}-${colorScheme}.png`, fullPage: name.endsWith("full") });
    }
  }
  console.log(name);
}

async function press(values, button) {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: button }).first().click();
}

const invited = ["grace@example.com", "katherine@example.com", "a.rather.long.address.indeed@subsidiary.example.com"];

await shoot("landing-full", "/");
await shoot("sign-up", "/sign-up");
await shoot("sign-in", "/sign-in?ended=1");
await shoot("sign-in-wrong", "/sign-in", async () => {
  await press({ "E-mail": "nobody@example.com", Password: "wrong-wrong-wrong" }, "Sign in");
  await page.getByText("E-mail or password is wrong.").waitFor();
});
await shoot("forgot", "/forgot");
await shoot("reset", "/reset?token=example");
await shoot("invite", "/invite/example");

await page.goto(at("/sign-up"));
await press({ "Your name": person.name, "E-mail": person.email, Password: person.password }, "Create account");
await page.getByRole("heading", { name: "Check your inbox" }).waitFor();
await page.screenshot({ path: `${output}verify-sent-390-dark.png` });
const link = await linkFor(mailUrl, person.email, "/verify");
await shoot("verify", new URL(link).pathname + new URL(link).search);
await page.getByRole("button", { name: "Confirm e-mail address" }).click();
await page.getByText("is confirmed").waitFor();
await press({ "E-mail": person.email, Password: person.password }, "Sign in");
await page.getByRole("heading", { name: "Create your first workspace" }).waitFor();
await shoot("select-empty-full", "/select");
await page.getByLabel("Workspace name").fill("Northwind Traders");
await page.getByLabel("Address (optional)").fill(slug);
await page.getByRole("button", { name: "Create workspace" }).click();
await page.waitForURL(at(`/${slug}`));
await page.setViewportSize({ width: 1440, height: 900 });

await shoot("dashboard-empty-full", `/${slug}`);
await shoot("projects-empty", `/${slug}/projects`);
await shoot("members-empty-full", `/${slug}/members`);

await page.setViewportSize({ width: 1440, height: 900 });
for (const name of ["Harbour redesign", "Quarterly report", "Supplier portal", "Warehouse sensors", "Zollabwicklung Nord"]) {
  await page.goto(at(`/${slug}/projects?action=create`));
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Create project" }).click();
  await page.getByRole("rowheader", { name }).waitFor();
}
await page.getByRole("button", { name: "Actions for Quarterly report" }).click();
await page.getByRole("menuitem", { name: "Archive" }).click();
await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
await page.getByRole("cell", { name: "Archived" }).waitFor();
for (const email of invited) {
  await page.goto(at(`/${slug}/members?action=invite`));
  await page.getByRole("dialog").getByLabel("E-mail").fill(email);
  await page.getByRole("dialog").getByRole("button", { name: "Send invitation" }).click();
  await page.getByRole("rowheader", { name: email }).waitFor();
}

const dialogOpen = () => page.getByRole("dialog").waitFor();
await shoot("dashboard-full", `/${slug}`);
await shoot("projects", `/${slug}/projects`);
await shoot("projects-create", `/${slug}/projects?action=create`, dialogOpen);
await shoot("projects-menu", `/${slug}/projects`, async () => {
  await page.getByRole("button", { name: "Actions for Harbour redesign" }).click();
  await page.getByRole("menu").waitFor();
});
await shoot("members-full", `/${slug}/members`);
await shoot("members-invite", `/${slug}/members?action=invite`, dialogOpen);
await shoot("general", `/${slug}/settings/general`);
await shoot("profile", "/account/profile");
await shoot("security", "/account/security");
await shoot("sessions", "/account/sessions");
await shoot("select-full", "/select");
await shoot("not-found", "/no-such-workspace");
await shoot("palette", `/${slug}`, async () => {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Type a page or an action…").waitFor();
});
await shoot("menus", `/${slug}`, async (width) => {
  if (width === 390) {
    await page.getByRole("button", { name: "Open menu" }).click();
    await page.getByRole("dialog").waitFor();
  } else {
    await page.getByRole("button", { name: /@example\.com/ }).click();
    await page.getByRole("menu").waitFor();
  }
});
await context.addCookies([{ name: "locale", value: "de", url: base }]);
await shoot("dashboard-german-full", `/${slug}`);
await context.clearCookies({ name: "locale" });

if (failUrl) {
  const fail = (operations) => fetch(failUrl, { method: "POST", body: JSON.stringify(operations) });
  await fail(["list_projects", "list_members", "list_invites", "list_audit_events"]);
  await shoot("dashboard-failing-full", `/${slug}`);
  await shoot("projects-failing", `/${slug}/projects`);
  await shoot("members-failing-full", `/${slug}/members`);
  await fail(["*"]);
  await shoot("all-failing", `/${slug}`);
  await context.clearCookies({ name: /access/ });
  await shoot("unavailable", `/${slug}`);
  await fail([]);
}
await browser.close();
