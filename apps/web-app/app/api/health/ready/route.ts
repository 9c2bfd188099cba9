// Can this process serve pages? It can when the API is ready. For load balancers, never for restarts.
import { settings } from "@/lib/settings";

export const dynamic = "force-dynamic";

const patience = 2_000;

export async function GET(): Promise<Response> {
  const started = performance.now();
  const ready = await apiIsReady();
  const check = { name: "api", status: ready ? "ok" : "failed", milliseconds: Math.round(performance.now() - started) };
  return Response.json(
    { status: ready ? "ready" : "not_ready", checks: [check] },
    { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}

async function apiIsReady(): Promise<boolean> {
  try {
    const url = new URL("/health/ready", settings().apiUrl);
    return (await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(patience) })).ok;
  } catch {
    return false;
  }
}
