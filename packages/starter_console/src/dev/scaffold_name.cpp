#include "dev/scaffold_name.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dev/spelling.h"
#include "system/files.h"

namespace starter::console::dev {

namespace {

bool good_name(std::string_view name, std::string_view pattern) {
  const char first = pattern == "upper" ? 'A' : 'a';
  if (name.empty() || name.size() > 60 || name.front() < first || name.front() > first + 25 ||
      name.back() == '_')
    return false;
  return std::ranges::all_of(
      name, [&](char c) { return (c >= first && c <= first + 25) || (c >= '0' && c <= '9') || c == '_'; });
}

// A feature's name becomes namespaces, types, variables, a table and message keys, in the plural and the
// singular. These words mean something already in one of the languages it is written into.
bool is_reserved(std::string_view word) {
  static const std::set<std::string_view> kWords{
      "alignas",   "and",      "arguments", "asm",     "async",   "auto",      "await",      "bool",
      "break",     "case",     "catch",     "char",    "class",   "concept",   "const",      "continue",
      "debugger",  "default",  "delete",    "do",      "double",  "else",      "enum",       "eval",
      "explicit",  "export",   "extends",   "extern",  "false",   "float",     "for",        "friend",
      "function",  "goto",     "if",        "import",  "in",      "inline",    "instanceof", "int",
      "interface", "let",      "long",      "module",  "mutable", "namespace", "new",        "not",
      "null",      "operator", "or",        "package", "private", "protected", "public",     "references",
      "register",  "requires", "return",    "select",  "short",   "signed",    "sizeof",     "static",
      "std",       "struct",   "super",     "switch",  "table",   "template",  "this",       "throw",
      "true",      "try",      "typedef",   "typeid",  "typeof",  "typename",  "undefined",  "union",
      "unsigned",  "user",     "using",     "values",  "var",     "virtual",   "void",       "volatile",
      "while",     "window",   "with",      "xor",     "yield"};
  return kWords.contains(word);
}

// The words that a header gives a meaning to: types and namespaces, `a` and `b` in `namespace a::b`.
std::set<std::string> declared_words(const std::string& text) {
  static const std::set<std::string_view> kBefore{"struct", "class", "using", "concept"};
  std::set<std::string> found;
  std::string before, word;
  bool in_namespace = false;
  for (const char c : text + " ") {
    if (is_word_char(c)) {
      word += c;
      continue;
    }
    if (!word.empty()) {
      if (in_namespace || kBefore.contains(before)) found.insert(word);
      in_namespace = in_namespace || word == "namespace";
      before = std::exchange(word, "");
    }
    if (c == '{' || c == ';' || c == '=') in_namespace = false;
  }
  return found;
}

Failure no_name(const std::string& kind, const std::string& name, const std::string& why) {
  return {.code = "new.name",
          .what = "\"" + name + "\" is no good name for a new " + kind + ".",
          .why = why,
          .fix = "./dev new " + kind + " --help   # and choose another name",
          .exit = Exit::usage};
}

// A feature's words must mean nothing yet in the headers that its files include.
Outcome<> check_feature_name(const Workspace& workspace, const std::string& name) {
  const auto words = spell(name);
  if (words.singular == words.plural)
    return no_name("feature", name, "It needs a plural: one of its rows is called by the singular.");
  for (const auto& word : {words.plural, words.singular}) {
    if (is_reserved(word))
      return no_name("feature", name, "\"" + word + "\" is a word of C++, TypeScript or SQL.");
  }
  std::error_code error;
  for (const auto* folder : {"packages/starter_runtime/include", "apps/api-service/src"}) {
    for (const auto& file : fs::recursive_directory_iterator(workspace.root() / folder, error)) {
      if (file.path().extension() != ".h") continue;
      const auto declared = declared_words(CHECKED(read_file(file.path(), 1U << 20)));
      for (const auto& word : {words.plural, words.singular, words.plural_type, words.singular_type}) {
        if (!declared.contains(word)) continue;
        return no_name("feature", name,
                       "\"" + word + "\" is declared in " +
                           fs::relative(file.path(), workspace.root(), error).string() + " already.");
      }
    }
  }
  return {};
}

}  // namespace

Outcome<> check_name(const Workspace& workspace, const Scaffold& scaffold, const std::string& name) {
  if (!good_name(name, scaffold.name_pattern)) {
    const bool capitals = scaffold.name_pattern == "upper";
    return Failure{.code = "new.name",
                   .what = "\"" + name + "\" is no good name for a new " + scaffold.kind + ".",
                   .why = std::string("It needs ") + (capitals ? "capitals" : "small letters") +
                          ", digits and _, and starts with a letter.",
                   .fix = "./dev new " + scaffold.kind + (capitals ? " INVOICE_PREFIX" : " invoice_lines"),
                   .exit = Exit::usage};
  }
  if (!scaffold.example.empty()) CHECKED(check_feature_name(workspace, name));
  if (scaffold.name_pattern == "upper" && is_reserved(lowered(name)))
    return no_name(scaffold.kind, name, "Its member in C++ would be called \"" + lowered(name) + "\".");
  return {};
}

}  // namespace starter::console::dev
