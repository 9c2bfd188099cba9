// Every state of every page (states.mjs), examined: axe in light, dark and forced colours, nothing too wide for a phone,
// a heading and a title, and no word of complaint in the console beyond the status that was asked for.
//
//   node tests/e2e/states-run.mjs [NAME]
import assert from "node:assert/strict";
import { examine } from "./axe.mjs";
import { walk } from "./states.mjs";

const [wanted = ""] = process.argv.slice(2);
const apiUrl = process.env.API_URL ?? process.env.STARTER_API_URL;
const mailUrl = process.env.MAIL_URL ?? process.env.STARTER_MAIL_URL;
if (!apiUrl || !mailUrl) {
  console.error("API_URL and MAIL_URL are needed, for example API_URL=http://localhost:3001 MAIL_URL=http://localhost:3003");
  process.exit(64);
}

let count = 0;
let failures = 0;
/** What browsers log for a reply that a state is about. */
const expected = /Failed to load resource: the server responded with a status of (4|5)\d\d/;

await walk({
  apiUrl,
  mailUrl,
  only: new RegExp(wanted),
  async look(page, { name, locale, later }, { open, complaints, fail }) {
    complaints.length = 0;
    try {
      await page.setViewportSize({ width: 1440, height: 900 });
      await open();
      // Another language changes lengths, not roles and colours.
      if (!locale) await examine(page);
      assert.equal(await page.getByRole("heading", { level: 1, includeHidden: true }).count(), 1, "one main heading");
      assert.notEqual(await page.title(), "", "a title");
      await page.setViewportSize({ width: 390, height: 844 });
      // What floats, such as an open menu, is placed again a moment after the page became narrow.
      const overflow = () => document.documentElement.scrollWidth - window.innerWidth;
      const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, null, { timeout: 5000 });
      await fits.catch(async () => assert.fail(`${await page.evaluate(overflow)} px too wide for a phone`));
      fail({});
      await later?.(page);
      assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
      console.log(`ok ${++count} - ${name}`);
    } catch (error) {
      failures += 1;
      console.log(`not ok ${++count} - ${name}`);
      console.log(`  ---\n${String(error.message ?? error).replace(/^/gm, "    ")}\n  ...`);
    }
  },
});
console.log(`1..${count}`);
process.exitCode = failures > 0 ? 1 : 0;
