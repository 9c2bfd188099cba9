// A route is a row of a constexpr table. The row is the documentation, the validation, the access check and
// the limit.
//
//   constexpr Route kRoutes[] = {
//     post<create_invite>("/api/v1/tenants/{tenant}/invites",
//                         {.summary = "Invites a person by e-mail", .role = Role::admin, .idempotent =
//                         true}),
//   };
#pragma once

#include <chrono>

#include "starter/http/handler.h"

namespace starter::http {

/// Who may call a route. `tenant` is implied by {tenant} in its path.
enum class Access : uint8_t { anyone, person, tenant };

/// How many calls a minute, for one address (routes for anyone) or one person; bursts up to the same number.
struct Limit {
  uint32_t per_minute = 1200;
};

struct RouteOptions {
  std::string_view summary{};
  Access access = Access::person;
  Role role = Role::viewer;     // the least role, on routes of a tenant
  std::string_view scope{};     // what a service account needs there; without one only people may call it
  size_t body_max = 16 * 1024;  // bytes
  bool idempotent = false;      // accepts Idempotency-Key
  bool revokes = false;         // success may end access tokens: every process looks at once
  bool mails = false;           // success may have queued a mail: the workers look at once
  Limit limit{};
  std::chrono::milliseconds timeout{5000};
  std::span<const ProblemType* const> problems{};  // beside those that every route may answer
  bool any_host = false;  // probes come by IP address: health routes answer whatever Host says
};

struct Route {
  Method method;
  std::string_view pattern;
  RouteOptions options;
  HandlerInfo info;
  Thunk thunk;

  constexpr bool of_tenant() const { return pattern.find("{tenant}") != pattern.npos; }
  constexpr Access access() const { return of_tenant() ? Access::tenant : options.access; }
};

namespace detail {

// Calling one of these in a constant expression stops the compiler with its name as the message.
void the_path_has_no_hole_for_an_Id_parameter_of_the_handler();
void the_path_has_a_hole_that_the_handler_ignores();
void a_get_or_delete_handler_must_not_take_a_body();
void a_route_needs_a_summary();
void a_scope_is_for_routes_of_a_tenant();

constexpr bool has_hole(std::string_view pattern, std::string_view name) {
  for (size_t at = pattern.find('{'); at != pattern.npos; at = pattern.find('{', at + 1)) {
    const auto hole = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    if (hole == name) return true;
  }
  return false;
}

constexpr bool handler_takes(const HandlerInfo& info, std::string_view hole) {
  for (size_t i = 0; i < info.path_count; ++i) {
    if (info.path_names[i] == hole) return true;
  }
  return false;
}

template <auto H>
consteval Route make_route(Method method, std::string_view pattern, RouteOptions options) {
  const HandlerInfo info = Handler<H>::info();
  for (size_t i = 0; i < info.path_count; ++i) {
    if (!has_hole(pattern, info.path_names[i])) the_path_has_no_hole_for_an_Id_parameter_of_the_handler();
  }
  for (size_t at = pattern.find('{'); at != pattern.npos; at = pattern.find('{', at + 1)) {
    const auto hole = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    // The tenant is checked against the token and reaches the handler in its Ctx.
    if (hole != "tenant" && !handler_takes(info, hole)) the_path_has_a_hole_that_the_handler_ignores();
  }
  if (info.body && (method == Method::get || method == Method::delete_))
    a_get_or_delete_handler_must_not_take_a_body();
  if (options.summary.empty()) a_route_needs_a_summary();
  if (!options.scope.empty() && !has_hole(pattern, "tenant")) a_scope_is_for_routes_of_a_tenant();
  return {method, pattern, options, info, &Handler<H>::thunk};
}

}  // namespace detail

template <auto H>
consteval Route get(std::string_view pattern, RouteOptions options) {
  return detail::make_route<H>(Method::get, pattern, options);
}
template <auto H>
consteval Route post(std::string_view pattern, RouteOptions options) {
  return detail::make_route<H>(Method::post, pattern, options);
}
template <auto H>
consteval Route patch(std::string_view pattern, RouteOptions options) {
  return detail::make_route<H>(Method::patch, pattern, options);
}
template <auto H>
consteval Route put(std::string_view pattern, RouteOptions options) {
  return detail::make_route<H>(Method::put, pattern, options);
}
template <auto H>
consteval Route delete_(std::string_view pattern, RouteOptions options) {
  return detail::make_route<H>(Method::delete_, pattern, options);
}

}  // namespace starter::http
