// A query is a constant: its name, its SQL, its time-out, and in its type the purpose, the row and the
// parameters.
//
//   constexpr pg::Query<pg::Tenant, Invite, Uuid, Email, Role> kInsertInvite{
//       .name = "invite_insert", .timeout = 250ms,
//       .sql = "INSERT INTO invites (id, email, role) VALUES ($1, $2, $3) RETURNING id, email, role,
//       expires_at"};
//
// The purpose decides which role and which row-level policies a statement runs under; a session runs queries
// of its own purpose only, so a statement without a tenant can't reach a tenant's table.
#pragma once

#include <array>
#include <chrono>
#include <span>
#include <string_view>

#include "starter/core/problem.h"
#include "starter/describe/type_info.h"

namespace starter::pg {

/// Rows of one tenant: app.tenant and app.user are set.
struct Tenant {};
/// Rows of the signed-in person in whatever tenant: only app.user is set.
struct Self {};
/// Before anyone is signed in: SECURITY DEFINER functions that take a hash or an address, nothing else.
struct Entry {};
/// Queues across tenants, by the worker's own log-in.
struct Worker {};

template <class T>
concept Purpose =
    std::same_as<T, Tenant> || std::same_as<T, Self> || std::same_as<T, Entry> || std::same_as<T, Worker>;

/// Turns the violation of a named constraint (or a RAISE ... USING CONSTRAINT) into a problem of the feature.
struct Violation {
  std::string_view constraint;
  const ProblemType* problem;
};

/// A query without its types: what the connection needs.
struct Statement {
  std::string_view name;
  std::string_view sql;
  std::chrono::milliseconds timeout;
  std::span<const Violation> violations;
  std::span<const TypeInfo* const> parameters;
  const TypeInfo* row;  // null: no rows are returned
  bool writes;
};

namespace detail {
template <class Row>
consteval const TypeInfo* row_type() {
  if constexpr (std::is_void_v<Row>)
    return nullptr;
  else
    return &type_of<Row>;
}
template <class... Args>
inline constexpr std::array<const TypeInfo*, sizeof...(Args)> parameter_types{&type_of<Args>...};
}  // namespace detail

/// Row is a described struct whose members are the columns in their order, or void.
template <Purpose P, class Row, class... Args>
struct Query {
  std::string_view name;
  std::chrono::milliseconds timeout = std::chrono::milliseconds(500);
  std::string_view sql;
  std::span<const Violation> violations{};
  /// A SELECT that calls a function which writes or locks must say so; whatever is no SELECT counts as a
  /// write.
  bool writes = false;

  constexpr Statement statement() const {
    return {name,
            sql,
            timeout,
            violations,
            detail::parameter_types<Args...>,
            detail::row_type<Row>(),
            writes || !sql.starts_with("SELECT")};
  }
};

}  // namespace starter::pg
