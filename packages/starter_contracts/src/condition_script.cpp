// The same condition for the web server, as an expression of JavaScript. A name is read by value("NAME"),
// which is "" where there is none; every test is false then.
#include <boost/json.hpp>

#include "condition_words.h"

namespace starter::contracts {

std::string script_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(text));
}

std::string script_quoted(const std::vector<std::string>& list) {
  return list_of(list, script_quoted);
}

namespace {

std::string emit_number(const Condition::Node& node, const std::string& text) {
  const auto rest = sign_of(node.compare, "===") + std::to_string(node.number);
  if (node.function == Function::length)
    return "(" + text + " !== \"\" && new TextEncoder().encode(" + text + ").length" + rest + ")";
  return "(/^-?[0-9]{1,15}$/.test(" + text + ") && Number(" + text + ")" + rest + ")";
}

std::string emit_text(const Condition::Node& node, const std::string& text) {
  const bool scheme = node.function == Function::scheme;
  return script_quoted(node.values) + ".includes(" +
         (scheme ? "(/^([A-Za-z][A-Za-z0-9+.-]*):\\/\\//.exec(" + text + ")?.[1] ?? \"\").toLowerCase()"
                 : text) +
         ")";
}

std::string emit_key(const Condition::Node& node, const std::string& text) {
  return "((text) => { try { const map = JSON.parse(text); return map instanceof Object && "
         "!Array.isArray(map) && Object.hasOwn(map, " +
         script_quoted(node.values.front()) + "); } catch { return false; } })(" + text + ")";
}

std::string emit(const Condition::Node& node) {
  if (node.test == Test::all || node.test == Test::any) {
    std::string out;
    for (const auto& part : node.parts)
      out += (out.empty() ? "" : node.test == Test::all ? " && " : " || ") + emit(part);
    return "(" + out + ")";
  }
  if (node.test == Test::negation) return "!" + emit(node.parts.front());
  if (node.test == Test::always) return "true";
  if (node.test == Test::never) return "false";
  const auto text = "value(" + script_quoted(node.name) + ")";
  switch (node.test) {
    case Test::set:
      return "(" + text + " !== \"\")";
    case Test::text_is:
      return emit_text(node, text);
    case Test::name_is:
      return "(" + text + " !== \"\" && " + text + " === value(" + script_quoted(node.values.front()) + "))";
    case Test::boolean_is:
      return spellings_of(node.values.front()) + ".includes(" + text + ")";
    case Test::number:
      return emit_number(node, text);
    case Test::has_key:
      return emit_key(node, text);
    case Test::contains:
      return "(" + text + R"( !== "" && )" + text +
             R"(.split(",").map((item) => item.replace(/^ +| +$/g, "")).includes()" +
             script_quoted(node.values.front()) + "))";
    case Test::matches:
      return "(" + text + " !== \"\" && new RegExp(" + script_quoted("^(?:" + node.pattern.text() + ")$") +
             ").test(" + text + "))";
    default:
      return "false";
  }
}

}  // namespace

std::string Condition::script() const {
  return emit(*root_);
}

}  // namespace starter::contracts
