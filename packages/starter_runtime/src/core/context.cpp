#include "starter/core/context.h"

#include <algorithm>
#include <stdexcept>

namespace starter {

bool Principal::has_scope(std::string_view name) const {
  for (std::string_view rest = scopes ? std::string_view(*scopes) : ""; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == name) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

const Principal& Ctx::who() const {
  if (!principal)
    throw std::logic_error("a handler asked for the signed-in person on a route without sign-in");
  return *principal;
}

Uuid Ctx::tenant_id() const {
  if (!who().tenant) throw std::logic_error("a handler asked for the tenant on a route without one");
  return *principal->tenant;
}

pg::TenantSession Ctx::tenant() const {
  return {*this, {tenant_id(), who().user}};
}
pg::SelfSession Ctx::self() const {
  return {*this, {std::nullopt, who().user}};
}
pg::EntrySession Ctx::entry() const {
  return {*this, {}};
}
pg::TenantSession Ctx::new_tenant(Uuid id) const {
  return {*this, {id, who().user}};
}
pg::TenantSession Ctx::tenant(Uuid claimed) const {
  return {*this, {claimed, std::nullopt}};
}
pg::WorkerSession Ctx::worker() const {
  return {*this, {}};
}

}  // namespace starter
