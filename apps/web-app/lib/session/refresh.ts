// Refreshing, once. A page, its data requests and its prefetches arrive together and all find the
// same token about to expire; the first asks the API, the others wait for its answer.
//
// The promises hang on globalThis, because Next.js gives proxy, pages and handlers a copy of every
// module each. The key is the whole token, not its family: a forged token that merely names the
// family must get the API's refusal, never somebody else's answer. Across processes the API's
// compare-and-set decides, and everyone inside its grace gets the same successor.
import type { Result, Schema } from "@/lib/api/problem";

type Refreshed = Result<Schema<"SessionTokens">>;

const slot = Symbol.for("starter.session.refresh");
type Shared = typeof globalThis & { [slot]?: Map<string, Promise<Refreshed>> };

export function refreshOnce(refreshToken: string, ask: () => Promise<Refreshed>): { mine: boolean; result: Promise<Refreshed> } {
  const shared = globalThis as Shared;
  const running = (shared[slot] ??= new Map());
  const known = running.get(refreshToken);
  if (known) return { mine: false, result: known };
  const result = ask().finally(() => running.delete(refreshToken));
  running.set(refreshToken, result);
  return { mine: true, result };
}
