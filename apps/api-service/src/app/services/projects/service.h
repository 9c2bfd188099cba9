// What can be done with projects.
#pragma once

#include "app/services/projects/types.h"

namespace starter::projects {

inline constexpr ProblemType archived{"project.archived", 409, "The project is archived",
                                      "Archived projects can't be changed."};

Task<Result<std::vector<Project>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
Task<Result<Project>> create(const Ctx& ctx, std::string name);
/// http::problems::precondition_failed when `version` is no longer the current one.
Task<Result<Project>> rename(const Ctx& ctx, Uuid project, int64_t version, std::string name);
/// Archiving twice changes nothing.
Task<Result<Project>> archive(const Ctx& ctx, Uuid project);

}  // namespace starter::projects
