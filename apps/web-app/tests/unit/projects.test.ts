// What the forms of projects ask of the API.
import { NextRequest } from "next/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { archiveProject, createProject, renameProject } from "@/features/projects/forms";
import { accessToken, clock } from "./support/tokens";

vi.mock("next-intl/server", () => ({ getTranslations: async () => Object.assign((key: string) => key, { has: () => true }) }));

type Call = { method: string; path: string; headers: Headers; body: string };
let calls: Call[] = [];

function api(reply: () => Response): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    calls.push({ method: request.method, path: new URL(request.url).pathname, headers: request.headers, body: await request.text() });
    return reply();
  });
}

function post(fields: Record<string, string>, headers: Record<string, string> = {}): NextRequest {
  return new NextRequest("http://localhost:3000/api/tenants/acme/projects", {
    method: "POST",
    headers: {
      origin: "http://localhost:3000",
      "content-type": "application/x-www-form-urlencoded",
      cookie: `starter-3000-session=family.1.mac; starter-3000-access-acme=${accessToken({ tenant: "acme" })}`,
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const project = { id: "p1", name: "Lighthouse", archived_at: null, created_at: new Date(clock).toISOString(), version: 2 };
const params = Promise.resolve({ tenant: "acme", project: "p1" });

beforeEach(() => {
  calls = [];
  vi.useFakeTimers({ now: clock, toFake: ["Date"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the forms of projects", () => {
  test("create one under the key of the form, so that a second click makes no second one", async () => {
    api(() => Response.json(project, { status: 201 }));
    const reply = await createProject(post({ name: " Lighthouse ", idempotency_key: "key-of-the-form" }), { params });
    expect(reply.status).toBe(303);
    expect(reply.headers.get("location")).toBe("/acme/projects");
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/v1/tenants/id-of-acme/projects"]);
    expect(calls[0]?.headers.get("idempotency-key")).toBe("key-of-the-form");
    expect(JSON.parse(calls[0]?.body ?? "")).toEqual({ name: "Lighthouse" });
  });

  test("rename under the version that was read", async () => {
    api(() => Response.json(project));
    await renameProject(post({ name: "Lighthouse II", version: "2" }), { params });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(["PATCH /api/v1/tenants/id-of-acme/projects/p1"]);
    expect(calls[0]?.headers.get("if-match")).toBe('"2"');
  });

  test("archive without a body", async () => {
    api(() => Response.json({ ...project, archived_at: project.created_at }));
    await archiveProject(post({}), { params });
    expect(calls.map(({ method, path, body }) => `${method} ${path}${body}`)).toEqual(["POST /api/v1/tenants/id-of-acme/projects/p1/archive"]);
  });

  test("say in words when somebody else was faster", async () => {
    api(() => Response.json({ status: 412, code: "precondition.failed", request_id: "r" }, { status: 412 }));
    const reply = await renameProject(post({ name: "Late", version: "1" }, { accept: "application/json" }), { params });
    expect(await reply.json()).toMatchObject({ ok: false, code: "precondition.failed", error: "precondition.failed" });
  });

  test("are taken from pages of this app alone", async () => {
    api(() => Response.json(project, { status: 201 }));
    const reply = await createProject(post({ name: "Forged" }, { origin: "https://evil.example" }), { params });
    expect(reply.status).toBe(403);
    expect(calls).toEqual([]);
  });
});
