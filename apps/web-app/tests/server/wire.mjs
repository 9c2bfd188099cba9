// What the tests of the web server's port have in common: requests no client library would send, and an API made to order.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";

/** Sends `pieces` as they stand on one connection and gives what came back until it was closed. */
export function converse(port, pieces) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const patience = setTimeout(() => socket.destroy(new Error(`no end of the answer:\n${text}`)), 20_000);
    socket.on("connect", () => pieces.forEach((piece) => socket.write(piece)));
    socket.on("data", (data) => (text += data));
    socket.on("end", () => socket.end());
    // A server that has answered need not hear the rest out.
    socket.on("error", (error) => (["EPIPE", "ECONNRESET"].includes(error.code) ? null : reject(error)));
    socket.on("close", () => {
      clearTimeout(patience);
      resolve(replyOf(text));
    });
  });
}

function replyOf(text) {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Headers(lines.map((line) => /^([^:]+):(.*)$/.exec(line).slice(1)));
  return { status: Number(first.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
}

/** The one shape that a refusal has. */
export function assertProblem({ status, headers, body }, wanted, code) {
  assert.equal(status, wanted, body);
  assert.equal(headers.get("content-type"), "application/problem+json");
  assert.match(headers.get("cache-control"), /\bno-store$/);
  const problem = JSON.parse(body);
  assert.equal(problem.status, wanted);
  assert.equal(problem.code, code);
  assert.equal(problem.type, `urn:starter:problem:${code}`);
  assert.ok(problem.title && problem.title !== code && problem.detail && problem.request_id, body);
}

/** An API that answers as `answer(request, response)` says, or as it is told to later, and remembers what it was asked. */
export async function startApi(answer) {
  const api = { answer, asked: [] };
  const server = createServer((request, response) => {
    api.asked.push(`${request.method} ${request.url}`);
    api.answer(request, response);
  });
  const listen = (port) => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address();
  return Object.assign(api, { url: `http://127.0.0.1:${port}`, stop, start: () => listen(port) });
}

export const problem = (response, status, code) => {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ status, code, title: code, request_id: "from-the-api" }));
};

/** Somebody with a browser without scripts: keeps cookies, posts forms; `hear` gets all that is answered. */
export class Visitor {
  cookies = new Map();
  #web;
  #hear;

  constructor(web, hear = () => undefined) {
    this.#web = web;
    this.#hear = hear;
  }

  get(path, headers = {}) {
    return this.#send(path, { headers: { accept: "text/html", ...headers } });
  }

  post(path, fields, headers = {}) {
    return this.#send(path, { method: "POST", headers: { origin: this.#web.url, ...headers }, body: new URLSearchParams(fields) });
  }

  async #send(path, init) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reply = await fetch(this.#web.url + path, { ...init, headers: { ...init.headers, ...(cookie ? { cookie } : {}) }, redirect: "manual" });
    const body = await reply.text();
    const setCookies = reply.headers.getSetCookie();
    for (const line of setCookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const where = `${init.method ?? "GET"} ${path.split("?")[0]}`;
    const headers = [...reply.headers].filter(([name]) => name !== "set-cookie").map(([name, value]) => `${name}: ${value}\n`);
    this.#hear(`the answer to ${where}`, headers.join("") + body);
    this.#hear(`the cookies of ${where}`, setCookies.join("\n"));
    return { status: reply.status, location: reply.headers.get("location"), body };
  }
}

/** Waits until `look` finds something. */
export async function until(what, look) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Where the running system is, as ./dev test says. */
export function stack() {
  const { STARTER_API_URL: apiUrl, STARTER_MAIL_URL: mailUrl } = process.env;
  assert.ok(apiUrl && mailUrl, "STARTER_API_URL and STARTER_MAIL_URL are needed: ./dev test web-server");
  return { apiUrl, mailUrl };
}
