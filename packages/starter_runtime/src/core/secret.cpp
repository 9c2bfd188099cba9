#include "starter/core/secret.h"

#include <sodium.h>

namespace starter {

bool Secret::equal(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

void Secret::wipe() noexcept {
  if (!value_.empty()) sodium_memzero(value_.data(), value_.size());
  value_.clear();
}

}  // namespace starter
