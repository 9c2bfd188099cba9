// Pages in the made-up language: every text must come from the messages, and must fit.

/** Data that no message holds: what people typed, addresses, times, symbols. */
const data = [/Journey|Ada|Lovelace|Grace|Guest|Lighthouse|Plain/, /@|\/|:\d/, /^Starter$/, /^(English|Deutsch)$/, /\d/, /\b(now|ago|in)\b/, /^[^A-Za-z]*$/, /^[A-Z]{1,2}$/, /^(Chrome|Linux)/, /^(⌘K|Ctrl K)$/];

export async function examinePseudo(page, paths) {
  const url = new URL(page.url());
  await page.context().addCookies([{ name: "locale", value: "pseudo", url: url.origin }]);
  const problems = [];
  for (const path of paths) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(new URL(path, url).href);
      await page.waitForLoadState("networkidle");
      const { texts, overflow } = await page.evaluate(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walker.nextNode()) {
          const { parentElement, textContent } = walker.currentNode;
          if (parentElement && !parentElement.closest("script,style,title") && textContent?.trim()) texts.push(parentElement.textContent.trim());
        }
        return { texts, overflow: document.documentElement.scrollWidth - window.innerWidth };
      });
      if (overflow > 0) problems.push(`${path} at ${width}: ${overflow} px too wide`);
      for (const text of new Set(texts)) {
        if (!/[⟦⟧·àçéîñöšûýÅËÏÕÜ]/.test(text) && !data.some((pattern) => pattern.test(text))) problems.push(`${path}: plain text "${text}"`);
      }
    }
  }
  await page.context().clearCookies({ name: "locale" });
  await page.setViewportSize({ width: 1280, height: 800 });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
