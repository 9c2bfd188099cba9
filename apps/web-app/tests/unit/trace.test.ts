import { expect, test } from "vitest";
import { nextSpan } from "@/lib/api/trace";

const begun = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const form = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

test("a trace goes on with a span of its own", () => {
  const next = nextSpan(begun);
  expect(next).toMatch(form);
  expect(next.slice(0, 36)).toBe(begun.slice(0, 36));
  expect(next.slice(36, 52)).not.toBe(begun.slice(36, 52));
  expect(next.slice(52)).toBe("-01");
});

test.each([
  null,
  "",
  begun.toUpperCase(),
  `${begun}-more`,
  begun.replace("00-", "ff-"),
  `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${"0".repeat(16)}-01`,
  "x".repeat(10_000),
])("%s begins a new one", (header) => {
  const next = nextSpan(header);
  expect(next).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(next).not.toContain("4bf92f35");
  expect(nextSpan(header)).not.toBe(next);
});
