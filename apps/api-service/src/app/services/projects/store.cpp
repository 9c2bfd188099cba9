#include "app/services/projects/store.h"

#include "app/services/projects/feature.h"

namespace starter::projects {
namespace {

using pg::Query;
using pg::Tenant;

constexpr Query<Tenant, Project, std::optional<Uuid>, int64_t> kList{
    .name = "project_list",
    .sql =
        "SELECT id, name, archived_at, created_at, version FROM projects "
        "WHERE tenant_id = app_tenant() AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"};

constexpr Query<Tenant, Project, Uuid, std::string> kInsert{
    .name = "project_insert",
    .sql =
        "INSERT INTO projects (id, name) VALUES ($1, $2) RETURNING id, name, archived_at, created_at, "
        "version"};

constexpr Query<Tenant, Project, Uuid> kLock{
    .name = "project_lock",
    .sql =
        "SELECT id, name, archived_at, created_at, version FROM projects "
        "WHERE tenant_id = app_tenant() AND id = $1 FOR UPDATE",
    .writes = true};

constexpr Query<Tenant, Project, Uuid, std::string> kRename{
    .name = "project_rename",
    .sql =
        "UPDATE projects SET name = $2, version = version + 1 WHERE tenant_id = app_tenant() AND id = $1 "
        "RETURNING id, name, archived_at, created_at, version"};

constexpr Query<Tenant, Project, Uuid> kArchive{.name = "project_archive",
                                                .sql =
                                                    "UPDATE projects SET archived_at = now(), version = "
                                                    "version + 1 WHERE tenant_id = app_tenant() AND id = $1 "
                                                    "RETURNING id, name, archived_at, created_at, version"};

constexpr pg::Statement kQueries[] = {kList.statement(), kInsert.statement(), kLock.statement(),
                                      kRename.statement(), kArchive.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<std::vector<Project>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return ctx.tenant().all(kList, before, limit);
}

Task<Result<Project>> insert(pg::TenantTransaction& transaction, Uuid id, std::string name) {
  return transaction.one(kInsert, id, name);
}

Task<Result<Project>> lock(pg::TenantTransaction& transaction, Uuid project) {
  return transaction.one(kLock, project);
}

Task<Result<Project>> rename(pg::TenantTransaction& transaction, Uuid project, std::string name) {
  return transaction.one(kRename, project, name);
}

Task<Result<Project>> archive(pg::TenantTransaction& transaction, Uuid project) {
  return transaction.one(kArchive, project);
}

}  // namespace store
}  // namespace starter::projects
