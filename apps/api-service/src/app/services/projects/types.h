// Projects: the example feature. Copy it with `./dev new feature NAME`, or delete it.
#pragma once

#include "starter/core/context.h"
#include "starter/describe/type_info.h"

namespace starter::projects {

using ProjectName = Name<1, 80>;

struct CreateProject {
  ProjectName name;
};
BOOST_DESCRIBE_STRUCT(CreateProject, (), (name))

struct RenameProject {
  ProjectName name;
};
BOOST_DESCRIBE_STRUCT(RenameProject, (), (name))

struct Project {
  Uuid id;
  std::string name;
  std::optional<Timestamp> archived_at;
  Timestamp created_at;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(Project, (), (id, name, archived_at, created_at, version))

}  // namespace starter::projects
