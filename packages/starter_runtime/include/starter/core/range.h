// What std::ranges has and libstdc++ 12 lacks.
#pragma once

#include <algorithm>

namespace starter {

/// std::ranges::contains.
bool contains(const auto& all, const auto& one) {
  return std::ranges::find(all, one) != std::ranges::end(all);
}

}  // namespace starter
