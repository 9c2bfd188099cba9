// The little XML that AWS answers with: errors, and the keys of roles.
#pragma once

#include <string>
#include <string_view>

namespace starter::providers {

/// The text between <name> and </name>, or empty; the fields that are read hold no entities.
std::string element(std::string_view xml, const std::string& name);

}  // namespace starter::providers
