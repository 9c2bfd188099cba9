#include "starter/http/handler.h"

#include <bitset>
#include <charconv>

#include "starter/core/text.h"
#include "starter/describe/scalar.h"

namespace starter::http::detail {
namespace {

constexpr size_t kMaxPairs = 32;

struct QueryReader {
  const TypeInfo& type;
  void* out;
  std::vector<FieldError> errors{};
  std::bitset<64> seen{};

  void fail(std::string pointer, const char* code, const char* detail) {
    if (errors.size() < 16) errors.push_back({std::move(pointer), code, detail});
  }

  void read_pair(std::string_view pair) {
    const size_t equals = pair.find('=');
    std::string name, value;
    if (!percent_decode(pair.substr(0, equals), true, name) ||
        !percent_decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1), true, value)) {
      return fail("", "format", "The query string has a broken escape");
    }
    for (size_t i = 0; i < type.fields.size(); ++i) {
      const FieldInfo& field = type.fields[i];
      if (field.name != name) continue;
      if (seen[i]) return fail("/" + name, "duplicate", "appears more than once");
      seen[i] = true;
      if (!is_utf8(value)) return fail("/" + name, "format", "is not UTF-8");
      if (value.size() > json::max_text) return fail("/" + name, "too_long", "is too long");
      if (const char* wrong = scalar_from_text(value, *field.type, field.at(out)))
        fail("/" + name, "format", wrong);
      return;
    }
    fail("", "unknown", "The query string has a parameter that is not known here");
  }
};

}  // namespace

Result<> read_query(std::string_view query, const TypeInfo& type, void* out) {
  QueryReader reader{type, out};
  for (size_t pairs = 0; !query.empty();) {
    const size_t end = query.find('&');
    if (end != 0 && ++pairs > kMaxPairs) {
      reader.fail("", "range", "The query string has too many parameters");
      break;
    }
    if (end != 0) reader.read_pair(query.substr(0, end));
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
  }
  for (size_t i = 0; i < type.fields.size(); ++i) {
    if (type.fields[i].required && !reader.seen[i]) {
      reader.fail("/" + std::string(type.fields[i].name), "required", "is missing");
    }
  }
  if (reader.errors.empty()) return {};
  return Problem{starter::problems::request_invalid}.with_fields(std::move(reader.errors));
}

Result<Uuid> read_path_id(const Call& call, std::string_view name) {
  for (size_t i = 0; i < call.path_names.size(); ++i) {
    if (call.path_names[i] != name) continue;
    Uuid id;
    // What is no id names nothing: the same answer as for an id that does not exist.
    if (Uuid::from_text(call.path_values[i], id)) return Problem{starter::problems::not_found};
    return id;
  }
  return Problem{starter::problems::internal, "the route has no such path parameter"};
}

Result<IfMatch> read_if_match(const Request& request) {
  const auto text = request.header("If-Match");
  if (text.empty()) return Problem{problems::precondition_required};
  IfMatch match;
  if (text.size() < 3 || text.front() != '"' || text.back() != '"')
    return Problem{problems::precondition_failed};
  const auto digits = text.substr(1, text.size() - 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), match.version);
  if (error != std::errc() || end != digits.data() + digits.size())
    return Problem{problems::precondition_failed};
  return match;
}

Reply encode_reply(const void* value, const TypeInfo& type, int status) {
  Reply reply{.status = status, .body = {}, .headers = {}};
  json::detail::encode(value, type, reply.body);
  return reply;
}

std::string etag_of(int64_t version) {
  return '"' + std::to_string(version) + '"';
}

Task<Result<Reply>> fail(Problem problem) {
  co_return std::move(problem);
}

}  // namespace starter::http::detail
