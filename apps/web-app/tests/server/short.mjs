// The built server with limits that a test can wait for.
import { limits, limitServers } from "../../.next/standalone/limits.mjs";

limitServers({ ...limits, headMilliseconds: 500, wholeMilliseconds: 1_000 });
await import("../../.next/standalone/next-server.js");
