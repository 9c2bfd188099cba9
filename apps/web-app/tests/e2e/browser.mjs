// Chromium for the tests: the system's own, started without the calls home that a closed network
// would refuse. Everything the page complains about is collected.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export async function launch() {
  const home = trustingHome(process.env.STARTER_HTTPS_CA);
  const browser = await chromium.launch({
    ...(home ? { env: { ...process.env, HOME: home } } : {}),
    // Where there is none, it is Playwright's own.
    executablePath: process.env.CHROMIUM_PATH ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The public name of a stack behind TLS; .test resolves nowhere.
      "--host-resolver-rules=MAP *.starter.test 127.0.0.1",
    ],
  });
  if (home) browser.on("disconnected", () => rmSync(home, { recursive: true, force: true }));
  return browser;
}

/** A home folder whose certificate store trusts this authority, so that nothing has to be ignored. */
function trustingHome(authority) {
  if (!authority) return null;
  const home = mkdtempSync(join(tmpdir(), "browser-"));
  const store = join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-N", "-d", `sql:${store}`, "--empty-password"]);
  execFileSync("certutil", ["-A", "-d", `sql:${store}`, "-t", "C,,", "-n", "authority", "-i", authority]);
  return home;
}

/** Collects console errors, page errors and CSP violations of a page. */
export function complaintsOf(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /hydrat|Content Security Policy/i.test(message.text())) {
      complaints.push(`${new URL(page.url()).pathname}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`${new URL(page.url()).pathname}: ${error.message}`));
  return complaints;
}
