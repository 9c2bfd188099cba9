// Everything that doctor and infra deps may find: one table for the findings and for docs/ops/doctor.md,
// which is written from it. What the contract and the services refuse comes from their own tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checks/finding.h"

namespace starter::console::checks {

struct Kind {
  std::string id;  // stable: "hosted.debug"
  Severity severity = Severity::error;
  std::string means;  // what is wrong, and what comes of it
  std::string fix;
};

/// In the order of the page.
const std::vector<Kind>& kinds();

/// A finding of that kind. Without `fix` it is the kind's own. Throws std::logic_error for an id that the
/// table doesn't have.
Finding found(std::string_view id, std::string says, std::string evidence = "", const std::string& fix = "");

/// The same check when nothing was wrong.
Finding passed(std::string_view id, std::string says, std::string evidence = "");

/// docs/ops/doctor.md
std::string doctor_page();

}  // namespace starter::console::checks
