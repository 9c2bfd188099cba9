// What one client may take of this server's port: so many bytes, so much time, and for this application's host alone. What
// is refused here never reaches Next.js, which would read 10 MiB of a body before the first line of ours runs, and wait
// five minutes for it.
//
// Next.js makes the http server itself and lets nobody near it, so the making is what is wrapped.
import { randomUUID } from "node:crypto";
import http from "node:http";
import { hostProblem } from "./hosts.mjs";
import { RefusalLog } from "./log.mjs";
import { problemDocument, problems } from "./problems.mjs";

/** Bodies are forms, a few fields of text each. */
export const limits = { bodyBytes: 64 * 1024, headMilliseconds: 10_000, wholeMilliseconds: 30_000, lingerMilliseconds: 2_000 };

/** Holds every http server that this process makes from now on to `own` limits. */
export function limitServers(own = limits) {
  const create = http.createServer;
  http.createServer = (...words) => {
    const listener = words.at(-1);
    const door = new Door(own);
    const times = { headersTimeout: own.headMilliseconds, requestTimeout: own.wholeMilliseconds, connectionsCheckingInterval: Math.min(1_000, own.headMilliseconds) };
    // A request without a Host is answered here, in words.
    const options = { ...(typeof words[0] === "object" ? words[0] : {}), ...times, requireHostHeader: false };
    const server = create(options, (request, response) => door.admit(request, response, () => listener(request, response)));
    // Left to itself node tells everybody to continue, and what is then refused was sent in vain.
    server.on("checkContinue", (request, response) =>
      door.admit(request, response, () => {
        response.writeContinue();
        listener(request, response);
      }),
    );
    return server.on("clientError", (error, socket) => door.refuse(socket, problemOf(error)));
  };
}

function problemOf({ code }) {
  if (code === "HPE_HEADER_OVERFLOW") return problems.head;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return problems.late;
  return code === "HPE_CHUNK_EXTENSIONS_OVERFLOW" ? problems.large : problems.malformed;
}

class Door {
  #limits;
  /** Replies under way, by connection. */
  #replies = new WeakMap();
  #refused = new WeakSet();
  #log = new RefusalLog();

  constructor(limits) {
    this.#limits = limits;
  }

  /** Calls `go` if the request may come in. */
  admit(request, response, go) {
    const { socket } = request;
    if (this.#refused.has(socket)) return void request.resume();
    const replies = this.#replies.get(socket) ?? new Set();
    this.#replies.set(socket, replies.add(response));
    response.once("close", () => replies.delete(response));
    const problem = hostProblem(request);
    if (problem) return this.refuse(socket, problem);
    // The announced length is the sender's word, and chunks announce none: what arrives is counted as it arrives.
    const { bodyBytes } = this.#limits;
    const push = request.push;
    let seen = 0;
    request.push = (chunk) => {
      seen += chunk?.length ?? 0;
      if (seen <= bodyBytes) return push.call(request, chunk);
      this.refuse(socket, problems.large);
      return true;
    };
    if (Number(request.headers["content-length"] ?? 0) <= bodyBytes) return void go();
    seen = Infinity;
    this.refuse(socket, problems.large);
  }

  /** Answers with the problem and hangs up; the request ends for its handler as when the client had left. */
  refuse(socket, problem) {
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    const replies = [...(this.#replies.get(socket) ?? [])];
    const midSentence = replies.length > 1 || replies.some((reply) => reply.headersSent);
    if (!socket.writable) return void socket.destroy();
    const requestId = randomUUID();
    this.#log.note(problem, requestId);
    if (midSentence) return void socket.destroy();
    socket.end(replyOf(problem, requestId));
    // Hanging up on somebody who still sends resets the connection, and the answer is lost: first they may read it.
    setTimeout(() => socket.destroy(), this.#limits.lingerMilliseconds).unref();
  }
}

function replyOf(problem, requestId) {
  const { status } = problem;
  const body = JSON.stringify(problemDocument(problem, requestId));
  const headers = {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
    date: new Date().toUTCString(),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}
