import { writeFile } from "node:fs/promises";
import { clientSource } from "./client-source.mjs";

const root = new URL("../", import.meta.url);
await writeFile(new URL("lib/api/schema.d.ts", root), await clientSource(new URL("openapi.json", root)));
console.log("lib/api/schema.d.ts written");
