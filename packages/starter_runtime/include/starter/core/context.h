// What one piece of work knows about itself: who it is for, until when, and where its data comes from.
#pragma once

#include <boost/describe/enum.hpp>
#include <memory>
#include <optional>
#include <string>

#include "starter/core/clock.h"
#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/core/types.h"
#include "starter/postgres/session.h"

namespace starter {

/// What a member of a tenant may do; each role includes those before it.
enum class Role : uint8_t { viewer, member, admin, owner };
BOOST_DESCRIBE_ENUM(Role, viewer, member, admin, owner)

/// The verified bearer of a request: a person in a session, or a service account by one of its tokens.
struct Principal {
  Uuid user;                   // or the service account
  Uuid session;                // or its token
  std::optional<Uuid> tenant;  // which tenant the token is for
  std::string tenant_slug;
  bool tenant_suspended = false;
  Role role = Role::viewer;  // in that tenant
  int64_t generation = 0;    // of the refresh family that issued the token
  int64_t user_version = 0;  // of the person's tokens, when this one was issued
  /// What a service account may do, names parted by one blank. A person has a role instead.
  std::optional<std::string> scopes{};

  bool is_person() const { return !scopes; }
  bool has_scope(std::string_view name) const;
};

/// Where a request came from, as far as it can be trusted (see ALLOWED_HOSTS, TRUSTED_PROXIES,
/// WEB_TIER_SECRET).
struct ClientInfo {
  std::string ip;
  std::string user_agent;
  bool from_web_tier = false;
  /// The bearer is proof that its holder has it. The web tier also uses tokens that it fetched a moment ago
  /// and whose cookie may never arrive, so it says for which requests this holds.
  bool holds_token = true;
};

namespace pg {
class Database;
struct IdempotencyClaim;
}  // namespace pg

/// Passed by const reference to everything that works for one request or job, and outlives none of them.
class Ctx {
 public:
  Ctx(Executor executor, const Clock& clock, pg::Database& database, SteadyTime deadline)
      : executor(executor),
        clock(clock),
        database(database),
        deadline(deadline) {}

  Executor executor;
  const Clock& clock;
  pg::Database& database;
  SteadyTime deadline;
  size_t core = 0;  // which thread's shard of caches to use
  std::string request_id;
  std::string traceparent;  // as calls on behalf of this request carry it on; empty: nobody began a trace
  ClientInfo client;
  std::optional<Principal> principal;
  pg::IdempotencyClaim* idempotency = nullptr;

  /// Parts of traceparent (W3C Trace Context, 3.2); empty without one.
  std::string_view trace_id() const { return trace_part(3, 32); }
  std::string_view span_id() const { return trace_part(36, 16); }

  WallTime now() const { return clock.now(); }
  Timestamp timestamp() const { return {clock.now()}; }

  /// The signed-in person. Calling it on a route without sign-in is a bug and answers 500.
  const Principal& who() const;
  /// The tenant of the token; the same holds.
  Uuid tenant_id() const;

  pg::TenantSession tenant() const;
  pg::SelfSession self() const;
  pg::EntrySession entry() const;
  /// For the person who is just making this tenant: its rows may be written before any token names it.
  pg::TenantSession new_tenant(Uuid id) const;
  /// For jobs: a session for the tenant of a claimed row.
  pg::TenantSession tenant(Uuid claimed) const;
  pg::WorkerSession worker() const;

 private:
  std::string_view trace_part(size_t from, size_t length) const {
    return traceparent.empty() ? std::string_view() : std::string_view(traceparent).substr(from, length);
  }
};

}  // namespace starter
