// What only holds over https: redirects, headers, the origin of forms behind a proxy, the browser's own memory of HSTS.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";

/** What a client claims about itself, and nobody may believe. */
export const madeUpAddress = "203.0.113.9";

/** Steps of the journey, for a web server at `webUrl` whose plain http port is `plainPort`. */
export function tlsSteps({ webUrl, plainPort, ca, newPage }) {
  const { origin, hostname, host } = new URL(webUrl);
  const lookup = (_name, options, answer) => (options.all ? answer(null, [{ address: "127.0.0.1", family: 4 }]) : answer(null, "127.0.0.1", 4));
  const send = (make, url, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = make(url, { method, headers, lookup, ca: readFileSync(ca) }, (reply) => {
        reply.resume();
        reply.on("end", () => resolve(reply));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const signIn = (headers) =>
    send(secureRequest, `${origin}/api/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json", ...headers },
      body: "email=nobody%40example.com&password=not-the-password",
    });

  return [
    [
      "plain http leads to the same page over https",
      async () => {
        const reply = await send(plainRequest, `http://${hostname}:${plainPort}/sign-in?next=%2Facme`);
        assert.equal(reply.statusCode, 308);
        assert.equal(reply.headers.location, `${origin}/sign-in?next=%2Facme`);
      },
    ],
    [
      "every reply binds the browser to https, pages and health alike",
      async () => {
        for (const path of ["/", "/sign-in", "/select", "/no-such-page", "/api/auth/sign-in"]) {
          const { headers } = await send(secureRequest, origin + path);
          assert.match(headers["strict-transport-security"] ?? "", /^max-age=31536000; includeSubDomains$/, path);
          assert.match(headers["content-security-policy"] ?? "", /upgrade-insecure-requests/, path);
        }
        const { headers } = await send(secureRequest, `${origin}/select`);
        assert.equal(headers.location, `${origin}/sign-in?next=%2Fselect`, "redirects name the public address");
      },
    ],
    [
      "forms are taken from this origin alone, also behind the proxy",
      async () => {
        assert.equal((await signIn({ origin, "sec-fetch-site": "same-origin" })).statusCode, 200);
        for (const foreign of [`http://${host}`, `https://${hostname}`, "https://evil.example", "null", `https://${host}.evil.example`]) {
          assert.equal((await signIn({ origin: foreign })).statusCode, 403, foreign);
        }
        assert.equal((await signIn({ origin, "sec-fetch-site": "cross-site" })).statusCode, 403);
        assert.equal((await signIn({})).statusCode, 403, "no origin at all");
        // Headers that rewrite the host are a client's claim as well.
        assert.equal((await signIn({ origin: "https://evil.example", "x-forwarded-host": "evil.example", forwarded: "host=evil.example;proto=https" })).statusCode, 403);
      },
    ],
    [
      "a browser that has been here asks for https by itself",
      async () => {
        const page = await newPage();
        await page.goto(origin);
        const reply = await page.goto(`http://${host}/sign-in`);
        assert.equal(new URL(reply.url()).protocol, "https:");
        await page.context().close();
      },
    ],
  ];
}
