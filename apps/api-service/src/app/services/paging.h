// Keyset pagination: a cursor names the last row of the page, so pages stay right while rows come and go.
#pragma once

#include "starter/core/result.h"
#include "starter/describe/scalar.h"
#include "starter/describe/type_info.h"

namespace starter {

/// The query string of every list: ?limit=1..100&cursor=...
struct PageQuery {
  std::optional<Int<1, 100>> limit;
  std::optional<std::string> cursor;

  int64_t size() const { return limit ? limit->value : 50; }
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, cursor))

namespace paging {

/// Reads the position out of a cursor; nothing for the first page. A cursor that we did not make is a field
/// error.
template <class Key>
Result<std::optional<Key>> position(const std::optional<std::string>& cursor) {
  if (!cursor) return std::optional<Key>();
  Key key{};
  if (scalar_from_text(*cursor, type_of<Key>, &key)) {
    return Problem{problems::request_invalid}.with_field("/cursor", "format", "is not a cursor of this list");
  }
  return std::optional<Key>(key);
}

/// Turns limit + 1 rows into a page; `key` gives the member that orders the list.
template <class Row, class Key>
Page<Row> cut(std::vector<Row> rows, int64_t limit, Key key) {
  Page<Row> page;
  const bool more = rows.size() > static_cast<size_t>(limit);
  if (more) rows.resize(static_cast<size_t>(limit));
  if (more) {
    auto last = key(rows.back());
    scalar_to_text(&last, type_of<decltype(last)>, page.next_cursor.emplace());
  }
  page.items = std::move(rows);
  return page;
}

}  // namespace paging
}  // namespace starter
