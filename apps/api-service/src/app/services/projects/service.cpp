#include "app/services/projects/service.h"

#include "app/services/audit/service.h"
#include "app/services/projects/store.h"
#include "starter/http/handler.h"

namespace starter::projects {

Task<Result<std::vector<Project>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return store::list(ctx, before, limit);
}

Task<Result<Project>> create(const Ctx& ctx, std::string name) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  auto project = CO_TRY(co_await store::insert(transaction, Uuid::v7(ctx.now()), name));
  CO_TRY(co_await audit::record(
      ctx, transaction, {"project.created", "project", project.id.text(), audit::detail({{"name", name}})}));
  CO_TRY(co_await transaction.commit());
  co_return project;
}

Task<Result<Project>> rename(const Ctx& ctx, Uuid id, int64_t version, std::string name) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto current = CO_TRY(co_await store::lock(transaction, id));
  if (current.version != version) co_return Problem{http::problems::precondition_failed};
  if (current.archived_at) co_return Problem{archived};
  auto renamed = CO_TRY(co_await store::rename(transaction, id, name));
  CO_TRY(co_await audit::record(
      ctx, transaction,
      {"project.renamed", "project", id.text(), audit::detail({{"from", current.name}, {"to", name}})}));
  CO_TRY(co_await transaction.commit());
  co_return renamed;
}

Task<Result<Project>> archive(const Ctx& ctx, Uuid id) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  auto project = CO_TRY(co_await store::lock(transaction, id));
  if (project.archived_at) co_return project;
  project = CO_TRY(co_await store::archive(transaction, id));
  CO_TRY(co_await audit::record(
      ctx, transaction, {"project.archived", "project", id.text(), audit::detail({{"name", project.name}})}));
  CO_TRY(co_await transaction.commit());
  co_return project;
}

}  // namespace starter::projects
