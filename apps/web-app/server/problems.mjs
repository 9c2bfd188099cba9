// What this server refuses by itself, before the API is asked: at its port (limits.mjs) and in its form routes
// (lib/http/form-body.ts). A code that the API has too has the API's words. docs/reference/errors.md is written from here.
export const problems = {
  malformed: { code: "request.malformed", status: 400, title: "The request is not valid HTTP", fix: "Send HTTP/1.1 as in RFC 9112." },
  foreignOrigin: { code: "origin.foreign", status: 403, title: "The form was sent from another site", fix: "Open the page at its public address and send the form there." },
  late: { code: "request.timeout", status: 408, title: "The request took too long to arrive", fix: "Send it faster." },
  large: { code: "request.too_large", status: 413, title: "The body is too large", fix: "Send less." },
  noForm: { code: "request.unsupported", status: 415, title: "The body is not a form", fix: "Send application/x-www-form-urlencoded or multipart/form-data." },
  foreignHost: { code: "host.not_allowed", status: 421, title: "This server does not answer for that host", fix: "Use the public address, the one in APP_PUBLIC_URL." },
  head: { code: "header.too_large", status: 431, title: "The head of the request is too large", fix: "Send fewer or smaller headers and cookies." },
};

/** A refusal as the API words its own (RFC 9457). */
export function problemDocument({ code, status, title, fix }, requestId) {
  return { type: `urn:starter:problem:${code}`, title, status, code, detail: fix, request_id: requestId };
}
