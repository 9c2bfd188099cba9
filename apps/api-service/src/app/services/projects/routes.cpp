#include "app/services/paging.h"
#include "app/services/projects/feature.h"
#include "app/services/projects/service.h"

namespace starter::projects {
namespace {

using namespace http;

Task<Result<Page<Project>>> list_projects(const Ctx& ctx, Query<PageQuery> query) {
  const auto before = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await list(ctx, before, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(), [](const Project& project) { return project.id; });
}

Task<Result<Created<Project>>> create_project(const Ctx& ctx, CreateProject input) {
  co_return Created{CO_TRY(co_await create(ctx, input.name.value))};
}

Task<Result<Versioned<Project>>> rename_project(const Ctx& ctx, Id<"project"> project, IfMatch match,
                                                RenameProject input) {
  co_return Versioned{CO_TRY(co_await rename(ctx, project, match.version, input.name.value))};
}

Task<Result<Versioned<Project>>> archive_project(const Ctx& ctx, Id<"project"> project) {
  co_return Versioned{CO_TRY(co_await archive(ctx, project))};
}

constexpr const ProblemType* kRename[] = {&archived};

constexpr Route kRoutes[] = {
    get<list_projects>("/api/v1/tenants/{tenant}/projects",
                       {.summary = "Lists projects, newest first", .scope = "projects:read"}),
    post<create_project>("/api/v1/tenants/{tenant}/projects", {.summary = "Creates a project",
                                                               .role = Role::member,
                                                               .scope = "projects:write",
                                                               .idempotent = true}),
    patch<rename_project>("/api/v1/tenants/{tenant}/projects/{project}", {.summary = "Renames a project",
                                                                          .role = Role::member,
                                                                          .scope = "projects:write",
                                                                          .problems = kRename}),
    post<archive_project>("/api/v1/tenants/{tenant}/projects/{project}/archive",
                          {.summary = "Archives a project", .role = Role::member, .scope = "projects:write"}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::projects
