// Completes .next/standalone: Next.js leaves out what a CDN might serve, and starts without limits of ours. With this
// the folder is the whole server, and an image needs nothing else.
import { cp, rename } from "node:fs/promises";

const root = new URL("../", import.meta.url);
const at = (path) => new URL(path, root);
const copy = (from, to) => cp(at(from), at(to), { recursive: true });

await copy(".next/static", ".next/standalone/.next/static");
await copy("public", ".next/standalone/public");
await rename(at(".next/standalone/server.js"), at(".next/standalone/next-server.js"));
await copy("server", ".next/standalone");
await rename(at(".next/standalone/server.mjs"), at(".next/standalone/server.js"));
