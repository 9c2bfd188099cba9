// The journey of run.mjs once more as a deployment is used: a public name, TLS that the browser trusts, one proxy in
// front. ./dev test e2e-https brings all of that up. What axe finds, it finds over http as well.
process.env.WEB_URL = process.env.STARTER_HTTPS_WEB_URL;
process.env.MAIL_URL = process.env.STARTER_HTTPS_MAIL_URL;
process.env.NO_AXE = "1";
await import("./run.mjs");
