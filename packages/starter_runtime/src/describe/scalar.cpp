#include "starter/describe/scalar.h"

#include <charconv>

namespace starter {

const char* scalar_from_integer(int64_t value, const TypeInfo& type, void* out) {
  if (value < type.minimum) return "is too small";
  if (value > type.maximum) return "is too large";
  type.from_integer(value, out);
  return nullptr;
}

const char* scalar_from_text(std::string_view text, const TypeInfo& type, void* out) {
  switch (type.kind) {
    case Kind::text:
    case Kind::raw_json:
      return type.from_text(text, out);
    case Kind::boolean:
      if (text == "true" || text == "t") return type.from_integer(1, out), nullptr;
      if (text == "false" || text == "f") return type.from_integer(0, out), nullptr;
      return "must be true or false";
    case Kind::integer: {
      int64_t value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size()) return "must be a whole number";
      return scalar_from_integer(value, type, out);
    }
    case Kind::number: {
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size()) return "must be a number";
      *static_cast<double*>(out) = value;
      return nullptr;
    }
    case Kind::optional:
      return scalar_from_text(text, *type.element, type.container->append(out));
    case Kind::object:
    case Kind::array:
      break;
  }
  return "must be a single value";
}

void scalar_to_text(const void* value, const TypeInfo& type, std::string& out) {
  switch (type.kind) {
    case Kind::text:
    case Kind::raw_json:
      if (type.to_text) type.to_text(value, out);
      return;
    case Kind::boolean:
      out += type.to_integer(value) ? "true" : "false";
      return;
    case Kind::integer: {
      char buffer[24];
      out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, type.to_integer(value)).ptr);
      return;
    }
    case Kind::number: {
      char buffer[40];
      out.append(buffer,
                 std::to_chars(buffer, buffer + sizeof buffer, *static_cast<const double*>(value)).ptr);
      return;
    }
    case Kind::optional:
    case Kind::object:
    case Kind::array:
      return;
  }
}

namespace describe {

const char* string_from_text(std::string_view text, void* out) {
  static_cast<std::string*>(out)->assign(text);
  return nullptr;
}
void string_to_text(const void* value, std::string& out) {
  out += *static_cast<const std::string*>(value);
}

}  // namespace describe
}  // namespace starter
