// Is this process alive? Depends on nothing else, or a blinking API would restart every web server.
import { settings } from "@/lib/settings";

export const dynamic = "force-dynamic";

export function GET(): Response {
  const body = {
    status: "ok",
    version: settings().version,
    uptime_seconds: Math.round(process.uptime()),
    timestamp: new Date().toISOString(),
  };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}
