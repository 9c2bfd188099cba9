#include "checks/verify.h"

#include <algorithm>
#include <boost/json.hpp>

#include "starter/net/host.h"

namespace starter::console::checks {

namespace json = boost::json;

namespace {

constexpr std::string_view kDocs = "docs/ops/hosting-overview.md";
constexpr long kDaysWarned = 21;
constexpr long kDaysTooFew = 3;
constexpr long kLeastHsts = 15552000;  // 180 days

Finding finding(std::string id, Severity severity, std::string says, std::string evidence = "",
                std::string fix = "") {
  return {std::move(id), severity, std::move(says), std::move(evidence), std::move(fix), std::string(kDocs)};
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

long max_age(const std::string& hsts) {
  const auto at = lower(hsts).find("max-age=");
  return at == std::string::npos ? -1 : std::strtol(hsts.c_str() + at + 8, nullptr, 10);
}

std::string address_of(const Url& url, std::string_view path) {
  const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  const bool usual = url.port == (url.tls ? 443 : 80);
  return (url.tls ? "https://" : "http://") + host + (usual ? "" : ":" + std::to_string(url.port)) +
         std::string(path);
}

Outcome<HttpReply> get(Url url, std::string_view path, std::chrono::milliseconds timeout) {
  url.path = path;
  return http_get(url, timeout);
}

}  // namespace

std::vector<Finding> judge_tls(const Url& url, const HttpReply& reply) {
  if (!url.tls) {
    return {net::is_this_machine(url.host)
                ? finding("verify.tls.none", Severity::info, "No TLS, on this machine's own address.")
                : finding("verify.tls.none", Severity::error, "The deployment answers without TLS.",
                          address_of(url, "/"),
                          "set APP_PUBLIC_URL to the https:// address and put a certificate in front")};
  }
  std::vector<Finding> found;
  const auto& tls = *reply.tls;
  found.push_back(
      tls.problem.empty()
          ? finding("verify.tls.trust", Severity::ok, "The certificate is trusted and names the host.")
          : finding("verify.tls.trust", Severity::error, "The certificate is not trusted.", tls.problem,
                    "openssl s_client -connect " + url.host + ":" + std::to_string(url.port) +
                        " -servername " + url.host));
  const auto days = std::to_string(tls.days_left) + " days";
  const auto severity = tls.days_left < kDaysTooFew   ? Severity::error
                        : tls.days_left < kDaysWarned ? Severity::warning
                                                      : Severity::ok;
  found.push_back(finding("verify.tls.expiry", severity, "The certificate is valid for " + days + ".", days,
                          severity == Severity::ok ? "" : "renew the certificate"));
  const bool modern = tls.protocol == "TLSv1.3" || tls.protocol == "TLSv1.2";
  found.push_back(finding("verify.tls.version", modern ? Severity::ok : Severity::error,
                          "The connection uses " + tls.protocol + ".", tls.protocol,
                          modern ? "" : "allow TLS 1.2 and 1.3 only"));
  return found;
}

std::vector<Finding> judge_headers(const Url& url, const HttpReply& reply) {
  std::vector<Finding> found;
  const auto want = [&](std::string id, const std::string& header, Severity missing,
                        const std::function<bool(const std::string&)>& good, const std::string& fix) {
    const auto value = reply.header(header);
    const bool fine = !value.empty() && good(value);
    found.push_back(finding("verify.header." + id, fine ? Severity::ok : missing,
                            header + (fine            ? " is set."
                                      : value.empty() ? " is missing."
                                                      : " is too weak."),
                            value, fine ? "" : fix));
  };
  const auto any = [](const std::string&) { return true; };
  want(
      "csp", "content-security-policy", Severity::error,
      [](const std::string& value) {
        return value.find("script-src") != value.npos && value.find("'unsafe-eval'") == value.npos;
      },
      "let the web application's own header pass through the proxy");
  want(
      "nosniff", "x-content-type-options", Severity::error,
      [](const std::string& value) { return lower(value) == "nosniff"; },
      "send X-Content-Type-Options: nosniff");
  want("referrer", "referrer-policy", Severity::warning, any,
       "send Referrer-Policy: strict-origin-when-cross-origin");
  if (reply.header("content-security-policy").find("frame-ancestors") == std::string::npos) {
    want("frames", "x-frame-options", Severity::error, any,
         "send frame-ancestors in the content security policy");
  } else {
    found.push_back(finding("verify.header.frames", Severity::ok, "frame-ancestors is set."));
  }
  if (url.tls) {
    want(
        "hsts", "strict-transport-security", Severity::error,
        [](const std::string& value) { return max_age(value) >= kLeastHsts; },
        "send Strict-Transport-Security: max-age=31536000; includeSubDomains");
  }
  const bool told = !reply.header("x-powered-by").empty();
  found.push_back(finding("verify.header.powered_by", told ? Severity::warning : Severity::ok,
                          told ? "x-powered-by names the software." : "No header names the software.",
                          reply.header("x-powered-by"),
                          told ? "set poweredByHeader: false in next.config" : ""));
  return found;
}

std::vector<Finding> judge_cookies(const Url& url, const HttpReply& reply) {
  std::vector<Finding> found;
  for (const auto& cookie : reply.headers_named("set-cookie")) {
    const auto name = cookie.substr(0, cookie.find('='));
    const auto flags = lower(cookie.substr(std::min(cookie.size(), cookie.find(';'))));
    std::string missing;
    if (flags.find("; httponly") == flags.npos && name.find("session") != name.npos) missing += " HttpOnly";
    if (flags.find("; samesite=") == flags.npos) missing += " SameSite";
    if (url.tls && flags.find("; secure") == flags.npos) missing += " Secure";
    // The value stays out of the evidence: it may be a session.
    found.push_back(finding(
        "verify.cookie", missing.empty() ? Severity::ok : Severity::error,
        "Cookie " + name + (missing.empty() ? " has its flags." : " lacks" + missing + "."), name,
        missing.empty() ? "" : "serve it over https with APP_PUBLIC_URL set to the https:// address"));
  }
  if (found.empty())
    found.push_back(finding("verify.cookie", Severity::ok, "The first page sets no cookie."));
  return found;
}

Finding judge_ready(const std::string& part, const std::string& address, const Outcome<HttpReply>& reply) {
  const auto id = "verify.ready." + part;
  if (!reply)
    return finding(id, Severity::error, address + " does not answer.", reply.error().why, reply.error().fix);
  auto evidence = "status " + std::to_string(reply->status) + " " + reply->body.substr(0, 200);
  // The logs of the deployment say more about this very request.
  if (const auto id = reply->header("x-request-id"); !id.empty()) evidence += ", request " + id;
  if (reply->status == 200) return finding(id, Severity::ok, address + " is ready.", evidence);
  return finding(id, Severity::error, address + " is not ready.", evidence,
                 "read the checks in its body, and the logs of the " + part);
}

Finding judge_jwks(const std::string& address, const Outcome<HttpReply>& reply) {
  const std::string id = "verify.jwks";
  if (!reply || reply->status != 200)
    return finding(id, Severity::error, "There are no public keys at " + address + ".",
                   reply ? "status " + std::to_string(reply->status) : reply.error().why,
                   "starter-console auth keys status");
  boost::system::error_code error;
  const auto document = json::parse(reply->body, error);
  const auto* keys = !error && document.is_object() ? document.get_object().if_contains("keys") : nullptr;
  if (keys == nullptr || !keys->is_array() || keys->get_array().empty())
    return finding(id, Severity::error, "The key set holds no key.", reply->body.substr(0, 200),
                   "starter-console auth keys generate");
  for (const auto& key : keys->get_array()) {
    if (!key.is_object() || key.get_object().contains("d"))
      return finding(id, Severity::error, "The key set publishes a private key.",
                     "a key has the member \"d\"", "starter-console auth keys rotate   # at once");
  }
  return finding(id, Severity::ok,
                 "The key set holds " + std::to_string(keys->get_array().size()) + " public keys.");
}

std::vector<Finding> judge_sender(const std::string& domain, const SenderRecords& records) {
  const auto begins = [](const std::string& with) {
    return [with](const std::string& text) { return lower(text).starts_with(with); };
  };
  std::vector<Finding> found;
  std::vector<std::string> senders;
  std::ranges::copy_if(records.texts, std::back_inserter(senders), begins("v=spf1"));
  const auto fix = "publish a TXT record of " + domain + ": v=spf1 include:YOUR-MAIL-PROVIDER -all";
  if (senders.empty())
    found.push_back(finding("verify.mail.spf", Severity::error,
                            domain + " does not say who may send its mail (SPF).", "no TXT record v=spf1",
                            fix));
  else if (senders.size() > 1)
    found.push_back(finding("verify.mail.spf", Severity::error,
                            domain + " has several SPF records: none counts.", senders[0],
                            "leave one TXT record v=spf1 at " + domain));
  else if (lower(senders[0]).ends_with("+all") || lower(senders[0]).ends_with(" all"))
    found.push_back(finding("verify.mail.spf", Severity::error,
                            "Everybody may send mail of " + domain + " (SPF).", senders[0], fix));
  else
    found.push_back(
        finding("verify.mail.spf", Severity::ok, domain + " says who may send its mail (SPF).", senders[0]));
  const auto policy = std::ranges::find_if(records.policies, begins("v=dmarc1"));
  const bool has_policy = policy != records.policies.end();
  found.push_back(
      finding("verify.mail.dmarc", has_policy ? Severity::ok : Severity::warning,
              domain + (has_policy ? " has" : " has no") + " policy for forged mail (DMARC).",
              has_policy ? *policy : "no TXT record v=DMARC1",
              has_policy ? "" : "publish a TXT record of _dmarc." + domain + ": v=DMARC1; p=quarantine"));
  found.push_back(finding("verify.mail.domain", records.takes_mail ? Severity::ok : Severity::error,
                          domain + (records.takes_mail ? " is a domain that can be answered."
                                                       : " can't be answered, and many refuse its mail."),
                          records.takes_mail ? "" : "neither MX nor A",
                          records.takes_mail ? "" : "publish an MX record of " + domain));
  return found;
}

std::vector<Finding> verify_sender(const Email& from, const std::optional<sockaddr_in>& server,
                                   std::chrono::seconds timeout) {
  const auto domain = from.value.substr(from.value.rfind('@') + 1);
  const auto look = [&](const std::string& name, Record kind) {
    return records_of(name, kind, server, timeout);
  };
  const auto collect = [&]() -> Outcome<SenderRecords> {
    SenderRecords records{.texts = CHECKED(look(domain, Record::text)),
                          .policies = CHECKED(look("_dmarc." + domain, Record::text))};
    const auto parent = domain.substr(domain.find('.') + 1);
    if (records.policies.empty() && parent.find('.') != parent.npos)
      records.policies = CHECKED(look("_dmarc." + parent, Record::text));
    records.takes_mail = !CHECKED(look(domain, Record::mail_exchanger)).empty() ||
                         !CHECKED(look(domain, Record::address)).empty();
    return records;
  };
  const auto records = collect();
  if (records) return judge_sender(domain, *records);
  return {finding("verify.mail", Severity::error, records.error().what, records.error().why,
                  records.error().fix)};
}

std::vector<Finding> verify_deployment(const Url& web, const std::optional<Url>& api,
                                       std::chrono::milliseconds timeout) {
  std::vector<Finding> found;
  const auto add = [&](std::vector<Finding> more) {
    found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  const auto page = get(web, "/", timeout);
  if (!page) {
    found.push_back(finding("verify.web", Severity::error, address_of(web, "/") + " does not answer.",
                            page.error().why, page.error().fix));
    return found;
  }
  add(judge_tls(web, *page));
  add(judge_headers(web, *page));
  add(judge_cookies(web, *page));
  found.push_back(
      judge_ready("web", address_of(web, "/api/health/ready"), get(web, "/api/health/ready", timeout)));
  if (!api) return found;
  found.push_back(judge_ready("api", address_of(*api, "/health/ready"), get(*api, "/health/ready", timeout)));
  found.push_back(
      judge_jwks(address_of(*api, "/.well-known/jwks.json"), get(*api, "/.well-known/jwks.json", timeout)));
  return found;
}

}  // namespace starter::console::checks
