// error: ignoring return value of function declared with 'nodiscard' attribute
#include "prelude.h"

namespace starter {
Result<Row> decode(std::string_view text) {
  json::decode<Row>(text);  // bad
  return json::decode<Row>(text);
}
}  // namespace starter
