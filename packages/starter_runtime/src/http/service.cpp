#include "starter/http/service.h"

#include <algorithm>
#include <ranges>

#include "starter/core/report.h"
#include "starter/core/text.h"

namespace starter::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> out;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == path.npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool is_hole(std::string_view segment) {
  return segment.starts_with('{');
}
std::string_view hole_name(std::string_view segment) {
  return segment.substr(1, segment.size() - 2);
}

/// The host of a Host header without its port; IPv6 literals keep their brackets.
std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_json(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find(';'));
  const auto end = type.find_last_not_of(' ');
  if (!same_name(type.substr(0, end == type.npos ? 0 : end + 1), "application/json")) return false;
  // The only parameter that may stand there says what JSON is anyway (RFC 8259 section 8.1).
  const auto at = content_type.find("charset=");
  if (at == content_type.npos) return true;
  auto charset = content_type.substr(at + 8, content_type.find(';', at) - at - 8);
  while (charset.ends_with(' ')) charset.remove_suffix(1);
  return same_name(charset, "utf-8") || same_name(charset, "\"utf-8\"");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  out += name;
  out += "\":";
  json::append_quoted(value, out);
}

/// RFC 9110 section 13.1.2, with the weak comparison: what the client has is what it would get.
bool client_has(const Request& request, const Reply& reply) {
  if (reply.status != 200 || (request.method != Method::get && request.method != Method::head)) return false;
  const auto tag = std::find_if(reply.headers.begin(), reply.headers.end(),
                                [](const auto& header) { return same_name(header.first, "ETag"); });
  if (tag == reply.headers.end()) return false;
  const auto known = request.header("If-None-Match");
  for (const auto part : std::views::split(known, ',')) {
    auto item = trimmed(std::string_view(part));
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == "*" || item == tag->second) return true;
  }
  return false;
}

std::string_view file_name(std::string_view path) {
  const auto root = path.rfind("/packages/") != path.npos ? path.rfind("/packages/") : path.rfind("/apps/");
  return root == path.npos ? path : path.substr(root + 1);
}

}  // namespace

const ProblemType& problems::of_status(int status) {
  switch (status) {
    case 408:
      return timed_out;
    case 413:
      return too_large;
    case 414:
      return target_too_long;
    case 417:
      return expectation_failed;
    case 431:
      return header_too_large;
    case 501:
      return not_implemented;
    case 505:
      return version_unsupported;
    default:
      return bad_request;
  }
}

Service::Service(App& app, std::vector<Route> routes, ServiceOptions options)
    : app_(app),
      routes_(std::move(routes)),
      options_(std::move(options)) {
  for (const auto& route : routes_) {
    if (route.pattern.find('{') == route.pattern.npos) {
      fixed_[route.pattern].push_back(&route);
      continue;
    }
    auto segments = split(route.pattern);
    if (by_length_.size() <= segments.size()) by_length_.resize(segments.size() + 1);
    auto& patterns = by_length_[segments.size()];
    patterns.push_back({std::move(segments), &route});
  }
}

Service::Match Service::match(Method method, std::string_view path) const {
  Match out;
  const Method wanted = method == Method::head ? Method::get : method;
  const auto consider = [&](const Route& route) {
    if (route.method == wanted && !out.route) out.route = &route;
    const auto name = method_text(route.method);
    if (out.allow.find(name) == out.allow.npos) out.allow.append(out.allow.empty() ? "" : ", ").append(name);
  };
  if (const auto fixed = fixed_.find(path); fixed != fixed_.end()) {
    for (const Route* route : fixed->second) consider(*route);
    return out;
  }
  const auto segments = split(path);
  if (segments.size() >= by_length_.size()) return out;
  for (const auto& pattern : by_length_[segments.size()]) {
    bool same = true;
    for (size_t i = 0; same && i < segments.size(); ++i) {
      same = is_hole(pattern.segments[i]) ? !segments[i].empty() : pattern.segments[i] == segments[i];
    }
    if (!same) continue;
    const bool first = !out.route;
    consider(*pattern.route);
    if (!first || !out.route) continue;
    for (size_t i = 0; i < segments.size(); ++i) {
      if (!is_hole(pattern.segments[i])) continue;
      out.names.push_back(hole_name(pattern.segments[i]));
      if (!percent_decode(segments[i], false, out.values.emplace_back())) out.values.back().clear();
    }
  }
  return out;
}

size_t Service::body_max(const Match& match) const {
  // A request that will be refused may still bring a small body, so that the connection can go on.
  return match.route && match.route->info.body ? match.route->options.body_max : 1024;
}

Task<Reply> Service::handle(Ctx& ctx, const Request& request, const Match& match, SteadyTime began) const {
  if (match.route) ctx.deadline = std::min(ctx.deadline, began + match.route->options.timeout);
  Result<Reply> result = Problem{starter::problems::internal};
  Allowance allowance;
  try {
    result = co_await run(ctx, request, match, allowance);
  } catch (const std::exception& error) {
    result = Problem{starter::problems::internal, error.what()};
    report_bug(match.route ? match.route->info.operation : "router", error.what());
  }
  Reply reply = result ? std::move(*result) : problem_reply(ctx, result.error(), match.route);
  if (client_has(request, reply))
    reply = {.status = 304, .content_type = {}, .body = {}, .headers = std::move(reply.headers)};
  if (allowance.limit) {
    reply.headers.emplace_back("RateLimit-Limit", std::to_string(allowance.limit));
    reply.headers.emplace_back("RateLimit-Remaining", std::to_string(allowance.remaining));
    reply.headers.emplace_back("RateLimit-Reset", std::to_string(allowance.reset.count()));
  }
  if (!match.allow.empty() && reply.status == 405) reply.headers.emplace_back("Allow", match.allow);
  if (const auto origin = request.header("Origin"); !origin.empty() && check_origin(request)) {
    reply.headers.emplace_back("Access-Control-Allow-Origin", origin);
    reply.headers.emplace_back("Vary", "Origin");
  }
  if (observer) {
    observer->finished(ctx, request, match.route, reply.status, ctx.clock.steady() - began,
                       result ? nullptr : &result.error());
  }
  co_return reply;
}

Task<Result<Reply>> Service::run(Ctx& ctx, const Request& request, const Match& match,
                                 Allowance& allowance) const {
  CO_TRY(check_host(request, match.route));
  if (request.method == Method::options && !match.allow.empty()) {
    CO_TRY(check_origin(request));
    co_return preflight(request, match.allow);
  }
  if (!match.route) {
    co_return Problem{match.allow.empty() ? problems::route_not_found : problems::method_not_allowed};
  }
  const Route& route = *match.route;
  if (!route.options.any_host) CO_TRY(check_origin(request));
  if (route.access() != Access::anyone) {
    auto access = co_await check_access(ctx, request, match);
    CO_TRY(std::move(access));
  }
  if (limiter && !route.options.any_host) {
    allowance = co_await limiter->take(ctx, route);
    if (!allowance.allowed) {
      co_return Problem{problems::rate_limited}.with_retry_after(
          std::max(allowance.retry_after, std::chrono::seconds(1)));
    }
  }
  CO_TRY(check_body(request, route));
  Call call{ctx, request, match.names, match.values, app_};
  auto running =
      idempotency && route.options.idempotent ? idempotency->run(ctx, route, call) : route.thunk(call);
  Reply reply = CO_TRY(co_await std::move(running));
  if (route.options.revokes && on_revoked) on_revoked(ctx);
  if (route.options.mails && on_mail_queued) on_mail_queued(ctx);
  co_return reply;
}

Result<> Service::check_host(const Request& request, const Route* route) const {
  if (route && route->options.any_host) return {};
  const auto host = host_name(request.header("Host"));
  for (const auto& allowed : options_.allowed_hosts) {
    if (allowed == "*" || same_name(allowed, host)) return {};
  }
  return Problem{problems::host_not_allowed};
}

Result<> Service::check_origin(const Request& request) const {
  const auto origin = request.header("Origin");
  if (origin.empty()) return {};  // no browser sent it
  for (const auto& allowed : options_.allowed_origins) {
    if (allowed == "*" || same_name(allowed, origin)) return {};
  }
  return Problem{problems::origin_not_allowed};
}

Task<Result<>> Service::check_access(Ctx& ctx, const Request& request, const Match& match) const {
  const Route& route = *match.route;
  const auto header = request.header("Authorization");
  if (header.size() < 8 || !same_name(header.substr(0, 7), "Bearer ") || !authenticator) {
    co_return Problem{problems::token_missing};
  }
  ctx.principal = CO_TRY(co_await authenticator->authenticate(ctx, header.substr(7)));
  const Principal& who = *ctx.principal;
  if (route.access() != Access::tenant) {
    if (!who.is_person()) co_return Problem{problems::person_only};
    co_return Result<>{};
  }
  Uuid asked;
  const auto hole = std::find(match.names.begin(), match.names.end(), "tenant") - match.names.begin();
  const bool is_id = Uuid::from_text(match.values[static_cast<size_t>(hole)], asked) == nullptr;
  if (!is_id || who.tenant != asked) co_return Problem{problems::tenant_mismatch};
  if (who.tenant_suspended) co_return Problem{problems::tenant_suspended};
  co_return may_call(who, route);
}

/// A person by the role, a service account by the scope.
Result<> Service::may_call(const Principal& who, const Route& route) {
  if (who.is_person()) {
    if (who.role < route.options.role) return Problem{problems::role_insufficient};
    return {};
  }
  if (route.options.scope.empty()) return Problem{problems::person_only};
  if (!who.has_scope(route.options.scope)) return Problem{problems::scope_insufficient};
  return {};
}

Result<> Service::check_body(const Request& request, const Route& route) const {
  if (!route.info.body) return {};
  if (!is_json(request.header("Content-Type"))) return Problem{problems::media_type};
  const auto encoding = request.header("Content-Encoding");
  if (!encoding.empty() && !same_name(encoding, "identity")) return Problem{problems::media_type};
  return {};
}

Reply Service::preflight(const Request& request, const std::string& allow) const {
  Reply reply{.status = 204, .content_type = {}, .body = {}, .headers = {}};
  reply.headers.emplace_back("Allow", allow);
  if (request.has_header("Access-Control-Request-Method")) {
    reply.headers.emplace_back("Access-Control-Allow-Methods", allow);
    reply.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-ID, traceparent");
    reply.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return reply;
}

Reply Service::protocol_error(const Ctx& ctx, int status) const {
  Reply reply = problem_reply(ctx, Problem{problems::of_status(status)}, nullptr);
  reply.close = true;
  return reply;
}

Reply Service::problem_reply(const Ctx& ctx, const Problem& problem, const Route* route) const {
  const ProblemType& type = problem.type();
  Reply reply{.status = type.status, .content_type = "application/problem+json", .body = "{", .headers = {}};
  std::string& out = reply.body;
  append_field(out, "type", "urn:starter:problem:" + std::string(type.code));
  append_field(out, "title", type.title);
  out += ",\"status\":" + std::to_string(type.status);
  append_field(out, "code", type.code);
  append_field(out, "detail", type.fix);
  append_field(out, "request_id", ctx.request_id);
  if (!problem.fields().empty()) {
    out += ",\"errors\":[";
    for (const auto& field : problem.fields()) {
      std::string item = "{";
      append_field(item, "pointer", field.pointer);
      append_field(item, "code", field.code);
      append_field(item, "detail", field.detail);
      if (out.back() != '[') out += ',';
      out += item + "}";
    }
    out += ']';
  }
  if (options_.explain_problems) {
    out += ",\"debug\":{\"line\":" + std::to_string(problem.where().line());
    append_field(out, "file", file_name(problem.where().file_name()));
    if (route) append_field(out, "route", route->pattern);
    if (!problem.cause().empty()) append_field(out, "cause", problem.cause());
    out += '}';
  }
  out += '}';
  if (const auto delay = problem.retry_after())
    reply.headers.emplace_back("Retry-After", std::to_string(delay->count()));
  if (type.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

}  // namespace starter::http
