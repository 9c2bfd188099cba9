#include <cstdlib>

#include "app/services/paging.h"

namespace {

using namespace starter;

/// A cursor that is taken names one row, and the page behind that row says so in a cursor that is taken too.
template <class Key>
void follow(const std::string& input) {
  const auto key = paging::position<Key>(std::optional<std::string>(input));
  if (!key) return;
  auto page = paging::cut(std::vector<Key>{**key, **key}, 1, [](const Key& row) { return row; });
  const auto again = paging::position<Key>(page.next_cursor);
  if (!again || !*again || **again != **key) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  follow<starter::Uuid>(input);
  follow<starter::Timestamp>(input);
  return 0;
}
