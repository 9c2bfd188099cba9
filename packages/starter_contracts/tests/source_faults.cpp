// Variables that come in by a side door.
#include "tests/faults.h"

namespace starter::contracts::testing {

namespace {

std::vector<Fault> side_doors(Native& native, Random&) {
  std::vector<Fault> all;
  for (const auto& role : serving())
    for (const auto& way : native.side_doors())
      all.push_back({role + " " + way, [=](Native& one) { one.open_door(role, way); }, "source.opaque"});
  return all;
}

/// A way that can be read is no hiding place.
std::vector<Fault> read_through(Native& native, Random&) {
  const auto& name = native.target().name;
  if (name == "aws") return {};
  const std::string secret = name == "kubernetes" ? "starter-migrate"
                             : name == "azure"    ? "migrate-database-url"
                             : name == "gcp"      ? "starter-staging-migrate_database_url"
                                                  : "migrate_database_url";
  std::vector<Fault> all;
  for (const std::string role : {"api", "worker", "web"})
    all.push_back({role + ", a file", [=](Native& one) { one.mount(role, "MIGRATE_DATABASE_URL", secret); },
                   "variable.foreign_secret"});
  if (name != "kubernetes") return all;
  for (const std::string role : {"api", "worker", "web"}) {
    all.push_back({role + ", a whole Secret", [=](Native& one) { one.whole_secret(role, secret); },
                   "variable.foreign_secret"});
    all.push_back({role + ", a ConfigMap",
                   [=](Native& one) { one.whole_map(role, "SMTP_PASSWORD", "hunter2"); },
                   "variable.unknown"});
  }
  return all;
}

}  // namespace

std::vector<FaultClass> source_faults() {
  return {{"a side door is open", side_doors},
          {"what isn't the role's comes through one that can be read", read_through}};
}

}  // namespace starter::contracts::testing
