// openapi.json -> the text of lib/api/schema.d.ts. Used by `npm run generate` and by the test that
// fails when the committed client no longer matches the committed document.
import { readFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const banner = "// Generated from openapi.json by `npm run generate`; a test fails on drift.\n\n";

/** @param {URL} document @returns {Promise<string>} */
export async function clientSource(document) {
  return banner + astToString(await openapiTS(JSON.parse(await readFile(document, "utf8"))));
}
