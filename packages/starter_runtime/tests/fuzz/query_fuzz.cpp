#include <cstdlib>

#include "starter/core/text.h"
#include "tests/http/notes.h"

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned char>(c));
    out += hex;
  }
  return out;
}

}  // namespace

// What is taken from a query string can be written as one and read back.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  notes::Filter filter, again;
  if (!http::detail::read_query(input, type_of<notes::Filter>, &filter)) return 0;
  if (filter.word && !is_utf8(*filter.word)) std::abort();
  std::string query = std::string("archived=") + (filter.archived ? "true" : "false");
  if (filter.limit) query += "&limit=" + std::to_string(filter.limit->value);
  if (filter.word) query += "&word=" + escaped(*filter.word);
  if (!http::detail::read_query(query, type_of<notes::Filter>, &again)) std::abort();
  if (json::encode(filter) != json::encode(again)) std::abort();
  return 0;
}
