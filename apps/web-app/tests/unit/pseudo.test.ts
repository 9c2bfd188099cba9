import { expect, test } from "vitest";
import { pseudo, pseudoMessages } from "@/lib/i18n/pseudo";

test("the made-up language is longer and plainly not English, and its slots still work", () => {
  const text = pseudo("Signed in as {email}, <link>not you</link>?");
  expect(text).toMatch(/^⟦.*·+⟧$/);
  expect(text).toContain("{email}");
  expect(text).toContain("<link>");
  expect(text).not.toContain("Signed");
  expect(pseudoMessages({ a: { b: "One" } })).toEqual({ a: { b: pseudo("One") } });
});
