// The same condition for Terraform. Each test is an expression that is false, and never an error, for values
// that it can't read; `all` and `any` are conditional expressions, which evaluate only what they need.
#include <algorithm>

#include "condition_words.h"

namespace starter::contracts {

std::string hcl_quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if ((c == '$' || c == '%') && i + 1 < text.size() && text[i + 1] == '{') {
      out += c;
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

namespace {

/// Bytes. length() of Terraform counts what a reader takes for characters.
std::string bytes_of(const std::string& text) {
  const std::string coded = "base64encode(" + text + ")";
  return "(length(" + coded + ") / 4 * 3 - (endswith(" + coded + ", \"==\") ? 2 : endswith(" + coded +
         ", \"=\") ? 1 : 0))";
}

std::string scheme_of(const std::string& text) {
  return "try(lower(regex(\"^([A-Za-z][A-Za-z0-9+.-]*)://\", " + text + ")[0]), \"\")";
}

std::string emit(const Condition::Node& node, const Condition::Sources& sources);

std::string emit_parts(const Condition::Node& node, const Condition::Sources& sources) {
  const bool all = node.test == Test::all;
  std::string out = emit(node.parts.back(), sources);
  for (auto part = node.parts.rbegin() + 1; part != node.parts.rend(); ++part) {
    const auto one = emit(*part, sources);
    out = all ? "(" + one + " ? " + out + " : false)" : "(" + one + " ? true : " + out + ")";
  }
  return out;
}

std::string emit_number(const Condition::Node& node, const std::string& text) {
  const auto rest = sign_of(node.compare, "==") + std::to_string(node.number);
  if (node.function == Function::length)
    return "(" + text + " == \"\" ? false : " + bytes_of(text) + rest + ")";
  return "try(tonumber(regex(\"^-?[0-9]{1,15}$\", " + text + "))" + rest + ", false)";
}

std::string emit(const Condition::Node& node, const Condition::Sources& sources) {
  if (node.test == Test::all || node.test == Test::any) return emit_parts(node, sources);
  if (node.test == Test::negation) return "!" + emit(node.parts.front(), sources);
  if (node.test == Test::always) return "true";
  if (node.test == Test::never) return "false";
  const auto source = sources(node.name);
  const auto& text = source.expression;
  switch (node.test) {
    case Test::set:
      return "(" + text + " != \"\")";
    case Test::text_is:
      return "contains(" + list_of(node.values, hcl_quoted) + ", " +
             (node.function == Function::scheme ? scheme_of(text) : text) + ")";
    case Test::name_is:
      return "(" + text + " == \"\" ? false : " + text + " == " + sources(node.values.front()).expression +
             ")";
    case Test::boolean_is:
      return "contains(" + spellings_of(node.values.front()) + ", " + text + ")";
    case Test::number:
      return emit_number(node, text);
    case Test::has_key:
      return "try(contains(keys(" + (source.map.empty() ? "jsondecode(" + text + ")" : source.map) + "), " +
             hcl_quoted(node.values.front()) + "), false)";
    case Test::contains:
      return "contains([for item in split(\",\", " + text + ") : trim(item, \" \")], " +
             hcl_quoted(node.values.front()) + ")";
    case Test::matches:
      return "(" + text + " == \"\" ? false : can(regex(" + hcl_quoted("^(?:" + node.pattern.text() + ")$") +
             ", " + text + ")))";
    default:
      return "false";
  }
}

}  // namespace

std::string Condition::hcl(const Sources& sources) const {
  return emit(*root_, sources);
}

}  // namespace starter::contracts
