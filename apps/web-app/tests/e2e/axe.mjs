// Accessibility of the page as it stands, in light, dark and forced colours.
import { AxeBuilder } from "@axe-core/playwright";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function examine(page) {
  if (process.env.NO_AXE) return;
  for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { colorScheme: "light", forcedColors: "active" }]) {
    await page.emulateMedia({ ...media, reducedMotion: "reduce" });
    await page.waitForFunction(coloursStand, media, { polling: "raf", timeout: 10_000 });
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    const nodes = violations.flatMap((rule) => rule.nodes.map((node) => ({ rule, node })));
    const kept = [];
    for (const each of nodes) if (!(await isOpenMenu(page, each))) kept.push(each);
    if (kept.length === 0) continue;
    const found = kept.map(({ rule, node }) => `${rule.id}: ${node.target.join(" ")}\n    ${node.failureSummary?.split("\n")[1]?.trim()}`);
    throw new Error(`axe on ${page.url()} (${JSON.stringify(media)}):\n  ${found.join("\n  ")}`);
  }
  await page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null });
}

/** In the page: the media are these, nothing moves, and every colour is what it was a frame ago. */
function coloursStand({ colorScheme, forcedColors = "none" }) {
  const is = (feature, value) => matchMedia(`(${feature}: ${value})`).matches;
  if (!is("prefers-color-scheme", colorScheme) || !is("forced-colors", forcedColors)) return false;
  if (document.getAnimations().some(({ playState }) => playState === "running")) return false;
  const colours = [...document.querySelectorAll("body *")].map((each) => {
    const { color, backgroundColor, borderColor, opacity } = getComputedStyle(each);
    return [color, backgroundColor, borderColor, opacity].join();
  });
  const now = `${colorScheme} ${forcedColors} ${colours.join(";")}`;
  const before = globalThis.coloursBefore;
  globalThis.coloursBefore = now;
  return now === before;
}

/** An open menu belongs to its button, which stands in a landmark; that its pop-up hangs on the body harms nobody. */
async function isOpenMenu(page, { rule, node }) {
  if (rule.id !== "region") return false;
  return page.locator(node.target.join(" ")).evaluate((each) => each.closest("[role=menu]") !== null || each.querySelector("[role=menu]") !== null);
}
