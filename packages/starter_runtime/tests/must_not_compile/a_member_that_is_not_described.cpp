// error: a member of this struct is missing from its BOOST_DESCRIBE_STRUCT
#include "prelude.h"

namespace starter {
struct Pair {
  int64_t first;
  int64_t second;  // bad
};
BOOST_DESCRIBE_STRUCT(Pair, (), (first))

Result<Pair> read(std::string_view text) {
  return json::decode<Pair>(text);
}
}  // namespace starter
