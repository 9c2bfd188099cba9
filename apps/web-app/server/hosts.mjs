// Whom this server answers: requests for the host of APP_PUBLIC_URL, as the API answers those for ALLOWED_HOSTS. Why it is
// the one name: docs/decisions/0023-one-host-for-the-web-application.md.
import { problems } from "./problems.mjs";

/** Load balancers and kubelets come by IP address. */
const probes = new Set(["/api/health", "/api/health/ready"]);
/** uri-host [ ":" port ] (RFC 9110 section 7.2); anything else is no Host and is 400 (RFC 9112 section 3.2). */
const soundHost = /^([\w.~%-]+|\[[\da-f:.]+\])(:\d{0,5})?$/i;
/** The page about an API that is away: proxy.ts asks its own process for it, by the address that it listens on. */
const asksItself = ({ url, socket }) => url === "/unavailable" && socket.remoteAddress === socket.localAddress;
/** Names of this machine; a forwarded port makes one of another. */
const loopback = /^(([a-z\d-]+\.)*localhost|127(\.\d+)+|\[::1\])$/;

/** The problem with the host that `request` is for, or null. A target in absolute form is made a path, and its host wins. */
export function hostProblem(request) {
  const { host: hosts = [] } = request.headersDistinct;
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion !== "1.0")) return problems.malformed;
  const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(request.url);
  if (absolute) {
    [, request.headers.host, request.url] = absolute;
    if (!request.url.startsWith("/")) request.url = `/${request.url}`;
  }
  if (request.url === "*") request.url = "/";
  const { host } = request.headers;
  const [, name] = soundHost.exec(host ?? "") ?? [];
  if (host !== undefined && name === undefined) return problems.malformed;
  if (probes.has(request.url.split("?")[0]) || asksItself(request) || isOwn(name?.toLowerCase())) return null;
  return problems.foreignHost;
}

let publicHost;

/** Asked for with the first request, when Next.js has read its files of settings. */
function isOwn(name) {
  publicHost ??= hostOf(process.env.APP_PUBLIC_URL?.trim() || "http://localhost");
  return name !== undefined && (name === publicHost || (loopback.test(publicHost) && loopback.test(name)));
}

/** Empty for what is no address; with such a setting the server does not start (lib/start.ts). */
const hostOf = (url) => (URL.canParse(url) ? new URL(url).hostname : "");
