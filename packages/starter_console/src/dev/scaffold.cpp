#include "dev/scaffold.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <ctime>
#include <sstream>
#include <utility>

#include "dev/scaffold_name.h"
#include "dev/spelling.h"
#include "frame/invocation.h"
#include "system/files.h"

namespace starter::console::dev {

namespace {

std::string utc_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts)};
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
            .fix = "git status   # see what is there, or choose another name",
            .exit = Exit::conflict};
  }

  Failure no_example(const std::string& what) const {
    return {.code = "new.no_example",
            .what = "The example " + what + " is not there any more.",
            .why = "./dev new copies it, and tools/scaffolds.yaml names it.",
            .fix = editor_command("tools/scaffolds.yaml") + "   # name another example",
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

Outcome<Scaffold> load_scaffold(const Workspace& workspace, const std::string& kind) {
  const auto path = workspace.root() / "tools/scaffolds.yaml";
  try {
    const auto node = YAML::LoadFile(path.string())[kind];
    if (!node)
      return Failure{.code = "new.kind",
                     .what = path.string() + " describes no " + kind + ".",
                     .why = "The entry is missing.",
                     .fix = editor_command(path.string()) + "   # add " + kind + ":",
                     .exit = Exit::not_found};
    return scaffold_of(kind, node);
  } catch (const YAML::Exception& error) {
    return Failure{.code = "new.table",
                   .what = path.string() + " cannot be read.",
                   .why = error.what(),
                   .fix = editor_command(path.string())};
  }
}

Outcome<std::vector<Change>> plan_scaffold(const Workspace& workspace, const Scaffold& scaffold,
                                           const std::string& name) {
  CHECKED(check_name(workspace, scaffold, name));
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
