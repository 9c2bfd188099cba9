"use client";
// Acts that belong to no form on the page: they post to the same handlers as the forms do.

async function post(action: string, values: Record<string, string>): Promise<{ ok?: boolean; to?: string; redirect?: string }> {
  const response = await fetch(action, {
    method: "POST",
    headers: { accept: "application/json", "x-leaves-page": "1" },
    body: new URLSearchParams(values),
  });
  return (await response.json()) as { ok?: boolean; to?: string; redirect?: string };
}

export async function signOut(): Promise<void> {
  const answer = await post("/api/auth/sign-out", {}).catch(() => null);
  // Leaving the page for good also empties the router's cache. After a failure the page reloads and
  // shows the session as it is.
  window.location.assign(answer?.to ?? answer?.redirect ?? window.location.href);
}

export async function prefer(values: { theme?: string; locale?: string }): Promise<void> {
  await post("/api/preferences", values as Record<string, string>).catch(() => null);
}
