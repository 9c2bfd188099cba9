// Reads the mail that really arrived, from the HTTP side of the development mail catcher.

/** The newest link to `path` mailed to `address` when `mails` of them have come; waits up to 15 s for that. */
export async function linkFor(mailUrl, address, path, mails = 1) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const url = new URL("/messages", mailUrl);
    url.search = new URLSearchParams({ to: address, limit: "5" });
    const messages = await (await fetch(url)).json();
    const links = messages.flatMap((message) => message.links).filter((each) => new URL(each).pathname.startsWith(path));
    if (links.length >= mails) return links[0];
    if (Date.now() > deadline) throw new Error(`${links.length} links to ${path} reached ${address} by mail, not ${mails}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
