// What the expressions of Terraform and of JavaScript have in common.
#pragma once

#include "condition_tree.h"

namespace starter::contracts {

/// " < " and the like; `equal` is how the language spells equality.
std::string sign_of(Compare compare, const std::string& equal);

/// The texts that read as "true" or as "false", as a list of either language.
std::string spellings_of(const std::string& truth);

/// "[a, b]", each item as `quoted` writes it.
std::string list_of(const std::vector<std::string>& values, std::string (*quoted)(std::string_view));

}  // namespace starter::contracts
