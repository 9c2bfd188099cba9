// Reads the mail that really arrived, from the HTTP side of the development mail catcher.

/** The newest link to `path` mailed to `address`; waits up to 15 s for it. */
export async function linkFor(mailUrl, address, path) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const url = new URL("/messages", mailUrl);
    url.search = new URLSearchParams({ to: address, limit: "5" });
    const messages = await (await fetch(url)).json();
    const link = messages.flatMap((message) => message.links).find((each) => new URL(each).pathname.startsWith(path));
    if (link) return link;
    if (Date.now() > deadline) throw new Error(`no mail with a link to ${path} reached ${address}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
