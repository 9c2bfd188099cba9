#include "dev/scaffold.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "system/files.h"

namespace starter::console::dev {

namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

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

std::string singular_of(std::string_view plural) {
  std::string word(plural);
  if (word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  for (const auto* ending : {"sses", "shes", "ches", "xes"}) {
    if (word.ends_with(ending)) return word.substr(0, word.size() - 2);
  }
  return word.ends_with('s') && !word.ends_with("ss") ? word.substr(0, word.size() - 1) : word;
}

std::string filled(std::string text, std::string_view hole, const std::string& value) {
  for (auto at = text.find(hole); at != text.npos; at = text.find(hole, at + value.size()))
    text.replace(at, hole.size(), value);
  return text;
}

std::string utc_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
}

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

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
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

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word_char(text[at - 1])) && (end == text.size() || !is_word_char(text[end])))
      return true;
  }
  return false;
}

Failure no_name(const std::string& kind, const std::string& name, const std::string& why) {
  return {.code = "new.name",
          .what = "\"" + name + "\" is no good name for a new " + kind + ".",
          .why = why,
          .fix = "choose another name",
          .exit = Exit::usage};
}

// A name that would not build is refused before anything is written.
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

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string text_in(const YAML::Node& node, const char* key) {
  return node[key] ? node[key].as<std::string>() : std::string();
}

Scaffold scaffold_of(const std::string& kind, const YAML::Node& node) {
  Scaffold scaffold{
      .kind = kind,
      .example = text_in(node, "example"),
      .copy = node["copy"] ? node["copy"].as<std::vector<std::string>>() : std::vector<std::string>{},
      .name_pattern = text_in(node, "name"),
      .next = text_in(node, "next")};
  for (const auto& one : node["prose"])
    scaffold.prose.emplace_back(one.first.as<std::string>(), one.second.as<std::string>());
  for (const auto& one : node["repeat"]) {
    Repetition repetition{.file = text_in(one, "file"), .lines = one["lines"].as<std::vector<std::string>>()};
    for (const auto& word : one["words"])
      repetition.words.emplace_back(word.first.as<std::string>(), word.second.as<std::string>());
    scaffold.repeat.push_back(std::move(repetition));
  }
  for (const auto& one : node["files"])
    scaffold.files.push_back({text_in(one, "path"), text_in(one, "text")});
  for (const auto& one : node["insert"])
    scaffold.insert.push_back(
        {text_in(one, "file"), text_in(one, "after"), text_in(one, "before"), text_in(one, "text")});
  return scaffold;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool opens(std::string_view line) {
  return line.ends_with('{') || line.ends_with('[') || line.ends_with('(');
}

// All the changes of one scaffold; a file that several rules touch is changed once, by all of them.
class Plan {
 public:
  Plan(const Workspace& workspace, const Scaffold& scaffold, const std::string& name)
      : workspace_(workspace),
        scaffold_(scaffold),
        name_(name),
        from_(spell(scaffold.example)),
        to_(spell(name)) {}

  Outcome<std::vector<Change>> make() {
    for (const auto& entry : scaffold_.copy) CHECKED(copy(entry));
    for (const auto& file : scaffold_.files) CHECKED(add(fill(file.path), fill(file.text)));
    std::ranges::sort(changes_, {}, &Change::path);
    for (const auto& repetition : scaffold_.repeat) CHECKED(repeat(repetition));
    for (const auto& insertion : scaffold_.insert) CHECKED(insert(insertion));
    return std::move(changes_);
  }

 private:
  Outcome<> add(const fs::path& path, std::string text) {
    std::error_code error;
    if (fs::exists(workspace_.root() / path, error)) return exists(path.string() + " exists already.");
    changes_.push_back({path, std::move(text)});
    return {};
  }

  static Failure exists(std::string what) {
    return {.code = "new.exists",
            .what = std::move(what),
            .why = "./dev new overwrites nothing.",
            .fix = "choose another name, or look at what is there: git status",
            .exit = Exit::conflict};
  }

  Failure no_example(const std::string& what) const {
    return {.code = "new.no_example",
            .what = "The example " + what + " is not there any more.",
            .why = "./dev new copies it, and tools/scaffolds.yaml names it.",
            .fix = "name another example in tools/scaffolds.yaml",
            .exit = Exit::not_found};
  }

  Outcome<> copy_file(const fs::path& file, bool timed) {
    std::error_code error;
    auto path = rename_text(fs::relative(file, workspace_.root(), error).string(), from_, to_);
    if (timed) {
      const auto slash = path.rfind('/') + 1;
      path.replace(slash, path.find('_', slash) - slash, time_);
    }
    auto text = CHECKED(read_file(file, 1U << 20));
    for (const auto& [said, says] : scaffold_.prose) text = filled(std::move(text), said, says);
    return add(path, rename_text(text, from_, to_));
  }

  Outcome<> copy(const std::string& entry) {
    std::error_code error;
    const auto source = workspace_.root() / entry;
    if (const auto star = entry.find('*'); star != entry.npos) {
      for (const auto& file : fs::directory_iterator(source.parent_path(), error)) {
        if (file.path().filename().string().ends_with(entry.substr(star + 1)))
          return copy_file(file.path(), true);
      }
      return no_example(entry);
    }
    if (fs::is_regular_file(source, error)) return copy_file(source, false);
    if (!fs::is_directory(source, error)) return no_example(entry);
    for (const auto& file : fs::recursive_directory_iterator(source, error)) {
      if (file.is_regular_file()) CHECKED(copy_file(file.path(), false));
    }
    return {};
  }

  // The change of an existing file, begun with its text.
  Outcome<Change*> change_of(const std::string& path) {
    const auto found = std::ranges::find(changes_, fs::path(path), &Change::path);
    if (found != changes_.end()) return &*found;
    changes_.push_back({path, CHECKED(read_file(workspace_.root() / path)), false});
    return &changes_.back();
  }

  std::string renamed(const Repetition& repetition, const std::string& text) const {
    if (!repetition.file.ends_with(".json")) return rename_text(text, from_, to_);
    auto out = rename_messages(text, from_, to_);
    for (const auto& [word, number] : repetition.words) {
      auto prose = number == "plural" ? to_.plural : to_.singular;
      std::ranges::replace(prose, '_', ' ');
      out = filled(std::move(out), word, "\u201e" + capital(prose) + "\u201c");  // a foreign word, so quoted
    }
    return out;
  }

  Outcome<> repeat(const Repetition& repetition) {
    auto* const change = CHECKED(change_of(repetition.file));
    auto lines = lines_of(change->text);
    for (const auto& start : repetition.lines) {
      const auto found = std::ranges::find_if(lines, [&](const std::string& line) {
        return std::string_view(line).substr(indent_of(line)).starts_with(start);
      });
      if (found == lines.end()) return no_example("\"" + start + "\" in " + repetition.file);
      auto last = found;
      if (opens(*found)) {
        const auto indent = indent_of(*found);
        last = std::find_if(found + 1, lines.end(),
                            [&](const std::string& line) { return indent_of(line) == indent; });
        if (last == lines.end()) return no_example("\"" + start + "\" in " + repetition.file);
      }
      auto copied = lines_of(renamed(repetition, joined({found, last + 1})));
      if (std::ranges::find(lines, copied.front()) != lines.end())
        return exists("\"" + copied.front() + "\" stands in " + repetition.file + " already.");
      if (repetition.file.ends_with(".json") && !last->ends_with(',')) *last += ',';
      auto place = last + 1;
      if (start.starts_with("#include")) {
        while (place != lines.end() && place->starts_with("#include") && *place < copied.front()) ++place;
        auto before = place;
        while (before != lines.begin() && (before - 1)->starts_with("#include") &&
               copied.front() < *(before - 1))
          --before;
        place = before;
      }
      lines.insert(place, copied.begin(), copied.end());
    }
    change->text = joined(lines);
    return {};
  }

  Outcome<> insert(const Insertion& insertion) {
    auto* const change = CHECKED(change_of(insertion.file));
    // A setting's member is a word of its own in the structure.
    if (const auto member = fill("{lower}"); insertion.file.ends_with(".h") && has_word(change->text, member))
      return exists(insertion.file + " has the word " + member + " already.");
    auto lines = lines_of(change->text);
    const auto& anchor = insertion.after.empty() ? insertion.before : insertion.after;
    const auto found =
        std::ranges::find_if(lines, [&](const std::string& line) { return line.find(anchor) != line.npos; });
    if (found == lines.end()) return no_example("\"" + anchor + "\" in " + insertion.file);
    const auto added = lines_of(fill(insertion.text));
    for (const auto& line : lines) {
      if (names_the_same(line, added.front()))
        return exists(name_ + " stands in " + insertion.file + " already.");
    }
    lines.insert(insertion.after.empty() ? found : found + 1, added.begin(), added.end());
    change->text = joined(lines);
    return {};
  }

  // Both lines begin alike as far as the name, whatever stands behind it: one entry of a table.
  bool names_the_same(std::string_view line, std::string_view added) const {
    if (line == added) return true;
    auto end = added.find(name_);
    if (end == added.npos) return false;
    end += name_.size();
    return line.starts_with(added.substr(0, end)) && (line.size() == end || !is_word_char(line[end]));
  }

  std::string fill(std::string text) const {
    auto words = name_;
    std::ranges::replace(words, '_', ' ');
    const auto lower = lowered(name_);
    const std::pair<const char*, std::string> holes[] = {
        {"{name}", name_},           {"{path}", dashed(name_)}, {"{type}", camel(name_)},
        {"{title}", capital(words)}, {"{lower}", lower},        {"{time}", time_}};
    for (const auto& [hole, value] : holes) text = filled(std::move(text), hole, value);
    return text;
  }

  const Workspace& workspace_;
  const Scaffold& scaffold_;
  const std::string& name_;
  const Spellings from_, to_;
  const std::string time_ = utc_time();
  std::vector<Change> changes_;
};

}  // namespace

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

Outcome<Scaffold> load_scaffold(const Workspace& workspace, const std::string& kind) {
  const auto path = workspace.root() / "tools/scaffolds.yaml";
  try {
    const auto node = YAML::LoadFile(path.string())[kind];
    if (!node)
      return Failure{.code = "new.kind",
                     .what = path.string() + " describes no " + kind + ".",
                     .why = "The entry is missing.",
                     .fix = "add \"" + kind + ":\" to " + path.string(),
                     .exit = Exit::not_found};
    return scaffold_of(kind, node);
  } catch (const YAML::Exception& error) {
    return Failure{.code = "new.table",
                   .what = path.string() + " cannot be read.",
                   .why = error.what(),
                   .fix = "mend " + path.string()};
  }
}

Outcome<std::vector<Change>> plan_scaffold(const Workspace& workspace, const Scaffold& scaffold,
                                           const std::string& name) {
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
  return Plan(workspace, scaffold, name).make();
}

std::string next_step(const Scaffold& scaffold, const std::string& name) {
  return filled(filled(scaffold.next, "{name}", name), "{type}", camel(name));
}

Outcome<> write_scaffold(const Workspace& workspace, const std::vector<Change>& changes) {
  for (const auto& change : changes) CHECKED(write_file(workspace.root() / change.path, change.text, 0644));
  return {};
}

}  // namespace starter::console::dev
