// What happens to a request between the socket and the handler, in this order: id, host, route, origin,
// sign-in, tenant, role, limit, content type, arguments, handler, reply.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "starter/http/route.h"

namespace starter::http {

namespace problems {
inline constexpr ProblemType bad_request{"request.malformed", 400, "The request is not valid HTTP",
                                         "Send HTTP/1.1 as in RFC 9112."};
inline constexpr ProblemType host_not_allowed{"host.not_allowed", 421,
                                              "This server does not answer for that host",
                                              "Use the public address, or add the host to ALLOWED_HOSTS."};
inline constexpr ProblemType origin_not_allowed{
    "origin.not_allowed", 403, "Requests from that origin are not allowed",
    "Use the web application, or add the origin to ALLOWED_ORIGINS."};
inline constexpr ProblemType route_not_found{"route.not_found", 404, "There is no such address",
                                             "See /openapi.json for what there is."};
inline constexpr ProblemType method_not_allowed{
    "method.not_allowed", 405, "This address does not know that method", "Use one of the methods in Allow."};
inline constexpr ProblemType token_missing{"token.missing", 401, "You are not signed in",
                                           "Send an access token as a Bearer."};
inline constexpr ProblemType role_insufficient{"role.insufficient", 403, "Your role does not allow this",
                                               "Ask an owner or admin of the tenant."};
inline constexpr ProblemType person_only{"person.required", 403, "A service account can't do this",
                                         "Sign in as a person."};
inline constexpr ProblemType scope_insufficient{
    "scope.insufficient", 403, "The service account's token lacks the scope of this address",
    "Issue a token with it: x-scope in /openapi.json names the scope."};
inline constexpr ProblemType tenant_mismatch{"tenant.mismatch", 409, "You are signed in to another tenant",
                                             "Switch to the tenant of this address first."};
inline constexpr ProblemType tenant_suspended{"tenant.suspended", 403, "This tenant is suspended",
                                              "Ask who operates this service; nothing was deleted."};
inline constexpr ProblemType rate_limited{"rate.limited", 429, "Too many requests",
                                          "Wait for the time in Retry-After."};
inline constexpr ProblemType too_large{"request.too_large", 413, "The body is too large", "Send less."};
inline constexpr ProblemType media_type{"media_type.unsupported", 415,
                                        "The body must be application/json in UTF-8, not encoded",
                                        "Send Content-Type: application/json."};
inline constexpr ProblemType timed_out{"request.timeout", 408, "The request took too long to arrive",
                                       "Send it faster."};
inline constexpr ProblemType header_too_large{"header.too_large", 431, "The head of the request is too large",
                                              "Send fewer or smaller headers and cookies."};
inline constexpr ProblemType target_too_long{"target.too_long", 414, "The address is too long",
                                             "Send a shorter one."};
inline constexpr ProblemType expectation_failed{"expectation.failed", 417, "That expectation is not known",
                                                "Only 100-continue is supported."};
inline constexpr ProblemType not_implemented{
    "transfer_coding.unknown", 501, "That transfer coding is not known", "Only chunked is supported."};
inline constexpr ProblemType version_unsupported{"http_version.unsupported", 505,
                                                 "That version of HTTP is not spoken here", "Use HTTP/1.1."};
}  // namespace problems

/// Turns a bearer token into a principal.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual Task<Result<Principal>> authenticate(const Ctx& ctx, std::string_view token) = 0;
};

/// What is left of a bucket (RateLimit headers of draft-ietf-httpapi-ratelimit-headers-05), told with every
/// reply of a route that has a limit, a refusal among them.
struct Allowance {
  bool allowed = true;
  uint32_t limit = 0, remaining = 0;
  std::chrono::seconds reset{0};        // until the whole limit is there again
  std::chrono::seconds retry_after{0};  // until there is one
};
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  virtual Task<Allowance> take(const Ctx& ctx, const Route& route) = 0;
};

/// Decides how far to believe what a request says about its client.
class ClientResolver {
 public:
  virtual ~ClientResolver() = default;
  virtual ClientInfo resolve(const Request& request, WallTime now) const = 0;
};

/// Replays the stored reply of a repeated request (Idempotency-Key) and gives a first one its claim.
class Idempotency {
 public:
  virtual ~Idempotency() = default;
  /// Runs the call under its key; without a key the thunk runs as it is.
  virtual Task<Result<Reply>> run(Ctx& ctx, const Route& route, Call& call) = 0;
};

/// Told of every request when its reply is ready.
class Observer {
 public:
  virtual ~Observer() = default;
  /// `route` and `problem` may be null. Runs on the thread of the request.
  virtual void finished(const Ctx& ctx, const Request& request, const Route* route, int status,
                        std::chrono::nanoseconds took, const Problem* problem) = 0;
};

struct ServiceOptions {
  std::vector<std::string> allowed_hosts;    // names without port; "*" allows all
  std::vector<std::string> allowed_origins;  // scheme://host[:port]; "*" allows all
  bool explain_problems = false;             // adds route, query and source line to problems; never hosted
};

/// Immutable after construction, shared by every thread.
class Service {
 public:
  Service(App& app, std::vector<Route> routes, ServiceOptions options);

  // Wired once, before the first request.
  Authenticator* authenticator = nullptr;
  RateLimiter* limiter = nullptr;
  const ClientResolver* client_resolver = nullptr;
  Idempotency* idempotency = nullptr;
  Observer* observer = nullptr;
  /// Called after a route with `revokes` succeeded, before its reply is sent.
  std::function<void(const Ctx&)> on_revoked;
  /// The same for a route with `mails`.
  std::function<void(const Ctx&)> on_mail_queued;

  const std::vector<Route>& routes() const { return routes_; }

  struct Match {
    const Route* route = nullptr;
    std::vector<std::string_view> names;
    std::vector<std::string> values;
    std::string allow;  // methods of the path when there is no route for this one
  };
  Match match(Method method, std::string_view path) const;
  /// The longest body that the route of this head may have.
  size_t body_max(const Match& match) const;

  /// Answers a complete request, which was complete at `began`. Never throws.
  Task<Reply> handle(Ctx& ctx, const Request& request, const Match& match, SteadyTime began) const;

  /// A problem that arose before there was a route; `status` as in RequestReader::failure.
  Reply protocol_error(const Ctx& ctx, int status) const;
  Reply problem_reply(const Ctx& ctx, const Problem& problem, const Route* route) const;

 private:
  struct Pattern {
    std::vector<std::string_view> segments;
    const Route* route;
  };
  Task<Result<Reply>> run(Ctx& ctx, const Request& request, const Match& match, Allowance& allowance) const;
  Result<> check_host(const Request& request, const Route* route) const;
  Result<> check_origin(const Request& request) const;
  Task<Result<>> check_access(Ctx& ctx, const Request& request, const Match& match) const;
  static Result<> may_call(const Principal& who, const Route& route);
  Result<> check_body(const Request& request, const Route& route) const;
  Reply preflight(const Request& request, const std::string& allow) const;

  App& app_;
  std::vector<Route> routes_;
  ServiceOptions options_;
  std::unordered_map<std::string_view, std::vector<const Route*>> fixed_;
  std::vector<std::vector<Pattern>> by_length_;  // patterns with holes, by number of segments
};

}  // namespace starter::http
