// Completes .next/standalone: Next.js leaves out what a CDN might serve. With this the folder is the
// whole server, and an image needs nothing else.
import { cp } from "node:fs/promises";

const root = new URL("../", import.meta.url);
const copy = (from, to) => cp(new URL(from, root), new URL(to, root), { recursive: true });

await copy(".next/static", ".next/standalone/.next/static");
await copy("public", ".next/standalone/public");
