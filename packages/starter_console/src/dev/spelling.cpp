#include "dev/spelling.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace starter::console::dev {

namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string singular_of(std::string_view plural) {
  std::string word(plural);
  if (word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  for (const auto* ending : {"sses", "shes", "ches", "xes"}) {
    if (word.ends_with(ending)) return word.substr(0, word.size() - 2);
  }
  return word.ends_with('s') && !word.ends_with("ss") ? word.substr(0, word.size() - 1) : word;
}

}  // namespace

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string camel(std::string_view snake) {
  std::string out;
  bool start = true;
  for (char c : snake) {
    if (c == '_')
      start = true;
    else
      out += std::exchange(start, false) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
  }
  return out;
}

std::string dashed(std::string text) {
  std::ranges::replace(text, '_', '-');
  return text;
}

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string filled(std::string text, std::string_view hole, const std::string& value) {
  for (auto at = text.find(hole); at != text.npos; at = text.find(hole, at + value.size()))
    text.replace(at, hole.size(), value);
  return text;
}

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word_char(text[at - 1])) && (end == text.size() || !is_word_char(text[end])))
      return true;
  }
  return false;
}

Spellings spell(std::string_view plural) {
  const std::string many(plural);
  const auto one = singular_of(plural);
  return {many, one, camel(many), camel(one), dashed(many), dashed(one), upper(many), upper(one)};
}

std::string rename_text(std::string_view text, const Spellings& from, const Spellings& to) {
  const std::pair<std::string, std::string> rules[] = {{from.plural, to.plural},
                                                       {from.plural_path, to.plural_path},
                                                       {from.plural_type, to.plural_type},
                                                       {from.plural_upper, to.plural_upper},
                                                       {from.singular, to.singular},
                                                       {from.singular_path, to.singular_path},
                                                       {from.singular_type, to.singular_type},
                                                       {from.singular_upper, to.singular_upper}};
  std::string out;
  while (!text.empty()) {
    const auto rule = std::ranges::find_if(rules, [&](const auto& one) {
      if (!text.starts_with(one.first)) return false;
      // "project" is no part of "projection": a lower-case letter that goes on makes another word.
      const char next = text.size() > one.first.size() ? text[one.first.size()] : ' ';
      const bool inside = !out.empty() && std::islower(static_cast<unsigned char>(out.back())) &&
                          std::islower(static_cast<unsigned char>(one.first[0]));
      return !inside && (!std::islower(static_cast<unsigned char>(next)) ||
                         std::isupper(static_cast<unsigned char>(one.first.back())));
    });
    if (rule == std::end(rules)) {
      out += text[0];
      text.remove_prefix(1);
    } else {
      out += rule->second;
      text.remove_prefix(rule->first.size());
    }
  }
  return out;
}

std::string rename_messages(std::string_view text, const Spellings& from, const Spellings& to) {
  const auto spoken = [](std::string snake) {
    std::ranges::replace(snake, '_', ' ');
    return snake;
  };
  auto prose = to;
  prose.plural = spoken(to.plural), prose.singular = spoken(to.singular);
  prose.plural_type = capital(prose.plural), prose.singular_type = capital(prose.singular);
  std::string out;
  while (!text.empty()) {
    // A key is a quoted word before a colon; the rest is prose.
    const auto quote = text.find('"');
    const auto end = quote == text.npos ? text.npos : text.find('"', quote + 1);
    if (end == text.npos) return out + rename_text(text, from, prose);
    const bool key = text.substr(end + 1).starts_with(':');
    out += text.substr(0, quote);
    auto renamed = rename_text(text.substr(quote, end + 1 - quote), from, key ? to : prose);
    if (std::string_view("aeiou").find(prose.singular[0]) != std::string_view::npos)
      renamed = filled(filled(std::move(renamed), "a " + prose.singular, "an " + prose.singular),
                       "A " + prose.singular, "An " + prose.singular);
    out += renamed;
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace starter::console::dev
