// A web server of its own whose API can be told to fail: requests pass through a small proxy that answers chosen
// operations with a problem, or with nothing at all.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";

const { paths } = JSON.parse(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"));
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({
    name: operationId,
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
  })),
);

function operationOf(incoming) {
  const { pathname } = new URL(incoming.url, "http://api");
  return operations.find(({ method, pattern }) => method === incoming.method && pattern.test(pathname))?.name;
}

/**
 * `fail({ operation: [status, code] })` until the next call; "down" drops the connection, "held" keeps the request waiting
 * until that call, a function changes the reply's JSON, "*" means every operation.
 */
export async function startFaults(apiUrl) {
  const { hostname, port } = new URL(apiUrl);
  let faults = {};
  const held = [];
  const answer = (incoming, outgoing) => {
    const fault = faults[operationOf(incoming)] ?? faults["*"];
    if (fault === "down") return void incoming.socket.destroy();
    if (fault === "held") return void held.push(() => answer(incoming, outgoing));
    if (Array.isArray(fault)) {
      const [status, code] = fault;
      const type = { "content-type": "application/problem+json", ...(status === 429 ? { "retry-after": "30" } : {}) };
      outgoing.writeHead(status, type);
      return void outgoing.end(JSON.stringify({ status, code, title: code, request_id: incoming.headers["x-request-id"] }));
    }
    const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: `${hostname}:${port}` } });
    onward.on("response", async (reply) => {
      if (fault) {
        const body = JSON.stringify(fault(await new Response(reply).json()));
        outgoing.writeHead(reply.statusCode, { "content-type": "application/json" });
        return void outgoing.end(body);
      }
      outgoing.writeHead(reply.statusCode, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(answer);
  const url = await listening(server);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const fail = (chosen) => {
    faults = chosen;
    for (const go of held.splice(0)) go();
  };
  return { url, fail, close };
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

async function freePort() {
  const server = createServer();
  const { port } = new URL(await listening(server));
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const built = (name) => fileURLToPath(new URL(`../../.next/standalone/${name}`, import.meta.url));

/** The built web server on a port of its own, with this API; `output()` is what it has printed. */
export async function startWeb(apiUrl, { env = {}, entry = built("server.js"), ready = "/api/health/ready" } = {}) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const own = { PATH: process.env.PATH, NODE_ENV: "production", HOSTNAME: "127.0.0.1", PORT: port, APP_PUBLIC_URL: url, API_BASE_URL: apiUrl };
  const process_ = spawn(process.execPath, [entry], { env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [process_.stdout, process_.stderr]) stream.on("data", (text) => (printed += text));
  const ended = new Promise((resolve) => process_.once("close", resolve));
  for (let attempt = 0; ; attempt += 1) {
    const reply = await fetch(url + ready).catch(() => null);
    if (reply?.ok) break;
    if (attempt > 300 || process_.exitCode !== null) {
      process_.kill("SIGKILL");
      await ended;
      throw new Error(`the web server did not get ready:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const close = async () => {
    process_.kill("SIGTERM");
    await ended;
  };
  return { url, port: Number(port), close, output: () => printed };
}
