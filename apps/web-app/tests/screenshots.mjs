// Pictures of every page in every state, at 1440 and 390 pixels, light and dark, against a running stack:
//
//   API_URL=http://localhost:3001 MAIL_URL=http://localhost:3003 npm run screenshots
//
// The built web server is started once more for it, with an API that fails on request (e2e/faults.mjs). ONLY=pattern
// takes some of them. They land in tests/.output/screenshots.
import { mkdir } from "node:fs/promises";
import { walk } from "./e2e/states.mjs";

const apiUrl = process.env.API_URL ?? process.env.STARTER_API_URL ?? "http://localhost:3001";
const mailUrl = process.env.MAIL_URL ?? process.env.STARTER_MAIL_URL ?? "http://localhost:3003";
const output = new URL("./.output/screenshots/", import.meta.url).pathname;
await mkdir(output, { recursive: true });

await walk({
  apiUrl,
  mailUrl,
  only: new RegExp(process.env.ONLY ?? "."),
  async look(page, { name, full }, { open }) {
    for (const width of [1440, 390]) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize({ width, height: width === 1440 ? 900 : 844 });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open();
        await page.waitForTimeout(150);
        await page.screenshot({ path: `${output}${name}-${width}-${colorScheme}.png`, fullPage: full });
      }
    }
    console.log(name);
  },
});
