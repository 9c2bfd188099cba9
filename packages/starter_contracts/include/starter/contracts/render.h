// Everything that is written from the contract.
#pragma once

#include <map>
#include <string>

#include "starter/contracts/model.h"

namespace starter::contracts {

/// Path from the root of the repository to text.
using Rendered = std::map<std::string, std::string>;

/// `pages` are the hosting guides that exist, path to text: the tables between their markers are renewed, and
/// a guide that is missing is begun.
Rendered render(const Contract& contract, const Rendered& pages);

/// The hosting guides, whether they exist or not.
std::vector<std::string> guide_paths(const Contract& contract);

/// Replaces what stands between `<!-- contract:NAME -->` and `<!-- /contract:NAME -->`; without the markers,
/// they are put at the end of the page.
std::string with_block(const std::string& page, const std::string& name, const std::string& text);

/// "bool", "int: 1 to 30", "enum: a, b": what a variable takes, for people.
std::string type_text(const Variable& variable);

/// What a blueprint says when an input is missing that its condition requires.
std::string refusal_without(const Input& input);

/// A diff with three lines around each change, for people; empty when nothing differs. At most `most` lines.
std::string diff_of(const std::string& path, const std::string& before, const std::string& after,
                    size_t most = 200);

}  // namespace starter::contracts
