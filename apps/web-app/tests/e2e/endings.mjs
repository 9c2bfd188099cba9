// What takes access away: a session that is ended elsewhere, a sign-out everywhere, an invitation taken back, a removal.
import { linkFor } from "./mail.mjs";

/**
 * Steps of the journey for `page`, on which the owner of `workspace` is signed in with `secret`; `guest` is a member of it.
 * `signIn(page, person, secret)` fills the form of /sign-in, `signUp` and `confirm` make the account of somebody invited;
 * `forgive(page)` forgets what the browser said about refusals.
 */
export function endingSteps({ page, at, workspace, owner, guest, secret, guestSecret, late, mailUrl, newPage, signUp, confirm, signIn, forgive }) {
  const signedIn = async (person, password) => {
    const other = await newPage();
    await other.goto(at(`/${workspace}`));
    await signIn(other, person, password);
    await other.waitForURL(at(`/${workspace}`));
    return other;
  };
  // Access ends within a second, on every replica: the page is asked for until it does.
  const goneFrom = async (other, sign) => {
    for (let look = 0; look < 10 && (await sign.count()) === 0; look += 1) await other.goto(at(`/${workspace}`));
    await sign.waitFor();
    forgive(other);
    await other.context().close();
  };

  return [
    [
      "a session on another device is ended from the list",
      async () => {
        const other = await signedIn(owner, secret);
        await page.goto(at("/account/sessions"));
        await page.getByRole("button", { name: /^End the session on/ }).first().click();
        await page.getByText("Session ended").waitFor();
        await goneFrom(other, other.getByText("Your session has ended"));
      },
    ],
    [
      "signing out everywhere ends this session and the others",
      async () => {
        const other = await signedIn(owner, secret);
        await page.goto(at("/account/sessions"));
        await page.getByRole("button", { name: "Sign out everywhere" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
        await page.getByRole("heading", { name: "Sign in" }).waitFor();
        await goneFrom(other, other.getByText("Your session has ended"));
        await signIn(page, owner, secret);
        await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
      },
    ],
    [
      "an invitation is taken back, and its link admits nobody",
      async () => {
        await page.goto(at(`/${workspace}/members?action=invite`));
        await page.getByRole("dialog").getByLabel("E-mail").fill(late.email);
        await page.getByRole("dialog").getByRole("button", { name: "Send invitation" }).click();
        await page.getByRole("rowheader", { name: late.email }).waitFor();
        const link = await linkFor(mailUrl, late.email, "/invite/");
        await page.getByRole("button", { name: `Actions for ${late.email}` }).click();
        await page.getByRole("menuitem", { name: "Revoke" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
        await page.getByText("Invitation revoked").waitFor();
        const visitor = await newPage();
        await visitor.goto(link);
        await visitor.getByRole("link", { name: "Create an account" }).click();
        await signUp(visitor, late);
        await confirm(visitor, late);
        await signIn(visitor, late, guestSecret);
        await visitor.waitForURL(at("/select"));
        await visitor.goto(link);
        await visitor.getByRole("button", { name: "Accept invitation" }).click();
        await visitor.getByText("This link is no longer valid").waitFor();
        await visitor.context().close();
      },
    ],
    [
      "a member is removed and finds the workspace gone",
      async () => {
        const other = await signedIn(guest, guestSecret);
        await page.goto(at(`/${workspace}/members`));
        await page.getByRole("button", { name: `Actions for ${guest.name}` }).click();
        await page.getByRole("menuitem", { name: "Remove" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
        await page.getByRole("row", { name: guest.email }).waitFor({ state: "detached" });
        await goneFrom(other, other.getByRole("heading", { name: "There is nothing here" }));
      },
    ],
  ];
}
