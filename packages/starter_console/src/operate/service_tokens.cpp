#include "operate/service_tokens.h"

#include <algorithm>
#include <boost/json.hpp>

#include "operate/provider_settings.h"
#include "operate/said.h"
#include "operate/secret_manager.h"
#include "operate/waiting.h"
#include "starter/core/types.h"
#include "starter/net/http_client.h"
#include "starter/net/timer.h"
#include "starter/providers/request_signer.h"
#include "system/files.h"

namespace starter::console::operate {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/how-to/service-accounts.md";
constexpr std::string_view kCommand = "starter-console auth tokens issue-service-account";
constexpr auto kValid = 2min;
constexpr std::size_t kNonce = 32;

/// What to do about an answer of the API.
struct Advice {
  std::string_view code, fix;
};
constexpr Advice kAdvice[] = {
    {"signed_request.proof_wrong",
     "starter-console providers validate   # this command and the API must use the same signing secret"},
    {"signed_request.not_valid_now", "date -u   # then set the clock of whichever machine is wrong"},
    {"signed_request.wrong_audience",
     "starter-console config show AUTH_AUDIENCE   # it must be that of the API; see --env-file"},
    {"service_token.issuance_off",
     "starter-console secrets onboard --help   # a secret manager with --for signing; or set "
     "SERVICE_ACCOUNT_SIGNING_SECRET for the API"},
    {"service_account.unknown", "--create"},
    {"service_account.scope_not_granted", "   # with scopes that the account has"},
    {"tenant.unknown", "--tenant NAME   # as it stands in the tenant's address"},
    {"request.invalid", "starter-console auth tokens issue-service-account --help"},
};

std::string text_of(const json::object& object, std::string_view member) {
  const auto* const found = object.if_contains(member);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

/// "/scopes names a scope that no address asks for", else the problem's own words.
std::string reason(const json::object& problem) {
  std::string why;
  if (const auto* const errors = problem.if_contains("errors"); errors != nullptr && errors->is_array()) {
    for (const auto& error : errors->get_array()) {
      if (!error.is_object()) continue;
      why += (why.empty() ? "" : "; ") + text_of(error.get_object(), "pointer") + " " +
             text_of(error.get_object(), "detail");
    }
  }
  return sentence(why.empty() ? text_of(problem, "detail") : why);
}

Failure refusal(const std::string& api, const net::HttpResponse& response) {
  boost::system::error_code error;
  const auto document = json::parse(response.body, error);
  if (error || !document.is_object() || text_of(document.get_object(), "code").empty())
    return {.code = "api.foreign_answer",
            .what = "What answers at " + api + " is not the API.",
            .why = "It said " + std::to_string(response.status) + " without a problem document.",
            .fix = "starter-console verify " + api,
            .docs = std::string(kDocs)};
  const auto& problem = document.get_object();
  const auto code = text_of(problem, "code");
  const auto* const advice = std::ranges::find(kAdvice, code, &Advice::code);
  return {.code = code,
          .what = sentence(text_of(problem, "title")),
          .why = reason(problem) + " Request " + text_of(problem, "request_id") + ".",
          .fix = advice == std::end(kAdvice) ? std::string(kCommand) + " --help" : std::string(advice->fix),
          .exit = exit_of_status(response.status),
          .docs = std::string(kDocs)};
}

}  // namespace

std::string order_text(const TokenOrder& order, const std::string& nonce, WallTime now) {
  json::object out{{"purpose", "issue_service_account_token"},
                   {"audience", order.audience},
                   {"tenant", order.tenant},
                   {"account", order.account},
                   {"scopes", json::array(order.scopes.begin(), order.scopes.end())},
                   {"ttl_minutes", order.ttl.count()},
                   {"create", order.create},
                   {"issued_by", order.by},
                   {"nonce", nonce},
                   {"issued_at", Timestamp{now}.text()},
                   {"expires_at", Timestamp{now + kValid}.text()}};
  if (order.overlap) out["overlap_minutes"] = order.overlap->count();
  return json::serialize(out);
}

Outcome<std::string> signed_order(const Invocation& invocation, const TokenOrder& order) {
  auto signer = providers::open_request_signer(CHECKED(provider_environment(invocation)));
  if (!signer)
    return Failure{.code = "signing.unavailable",
                   .what = "The order for a token can't be signed.",
                   .why = sentence("It needs the deployment's signing secret, and " + signer.error()),
                   .fix = std::string(kCommand) + " --env-file FILE   # or: " + onboarding_command(),
                   .exit = Exit::auth,
                   .docs = std::string(kDocs)};
  const auto payload = order_text(order, random_secret(kNonce), Clock::system().now());
  asio::io_context loop(1);
  const auto deadline = net::deadline_in(CHECKED(invocation.timeout()));
  auto proof = CHECKED(run_to_end(loop, (*signer)->sign(payload, deadline)));
  if (!proof) return secret_failure("The signing secret", proof.error());
  return json::serialize(json::object{{"payload", payload}, {"proof", *proof}});
}

Outcome<IssuedToken> issue_token(const std::string& api, const std::string& body,
                                 std::chrono::seconds timeout) {
  asio::io_context loop(1);
  net::HttpClient client(loop.get_executor(), {.allow_plain_http = true, .user_agent = "starter-console"});
  auto sent = CHECKED(run_to_end(loop, client.send({.method = "POST",
                                                    .url = api + "/api/v1/auth/service-account-tokens",
                                                    .headers = {{"Content-Type", "application/json"}},
                                                    .body = body},
                                                   net::deadline_in(timeout))));
  if (!sent)
    return Failure{.code = "api.unreachable",
                   .what = "No answer from " + api + ".",
                   .why = sentence(std::string(sent.error().cause().empty() ? sent.error().type().title
                                                                            : sent.error().cause())),
                   .fix = "starter-console verify " + api,
                   .docs = std::string(kDocs)};
  if (sent->status != 201) return refusal(api, *sent);
  boost::system::error_code error;
  const auto document = json::parse(sent->body, error);
  if (error || !document.is_object() || text_of(document.get_object(), "token").empty())
    return refusal(api, *sent);
  const auto& reply = document.get_object();
  const auto* const rotated = reply.if_contains("rotated");
  return IssuedToken{.token = text_of(reply, "token"),
                     .id = text_of(reply, "id"),
                     .account_id = text_of(reply, "account_id"),
                     .expires_at = text_of(reply, "expires_at"),
                     .rotated = rotated != nullptr && rotated->is_int64() ? rotated->get_int64() : 0};
}

}  // namespace starter::console::operate
