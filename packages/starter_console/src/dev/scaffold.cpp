#include "dev/scaffold.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <ctime>

#include "system/files.h"

namespace starter::console::dev {

namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
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

Outcome<> add_copies(const Workspace& workspace, const Scaffold& scaffold, const std::string& name,
                     std::vector<Change>& changes) {
  const auto from = spell(scaffold.example);
  const auto to = spell(name);
  std::error_code error;
  const auto add = [&](const fs::path& file) -> Outcome<> {
    const auto path = fs::relative(file, workspace.root(), error).string();
    changes.push_back(
        {rename_text(path, from, to), rename_text(CHECKED(read_file(file, 1U << 20)), from, to)});
    return {};
  };
  for (const auto& entry : scaffold.copy) {
    const auto source = workspace.root() / entry;
    if (fs::is_regular_file(source, error)) {
      CHECKED(add(source));
      continue;
    }
    if (!fs::is_directory(source, error)) {
      return Failure{.code = "new.no_example",
                     .what = "The example " + entry + " is not there any more.",
                     .why = "./dev new copies it, and tools/scaffolds.yaml names it.",
                     .fix = "name another example in tools/scaffolds.yaml",
                     .exit = Exit::not_found};
    }
    for (const auto& file : fs::recursive_directory_iterator(source, error)) {
      if (file.is_regular_file()) CHECKED(add(file.path()));
    }
  }
  std::ranges::sort(changes, {}, &Change::path);
  return {};
}

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

Outcome<Scaffold> load_scaffold(const Workspace& workspace, const std::string& kind) {
  const auto path = workspace.root() / "tools/scaffolds.yaml";
  try {
    const auto node = YAML::LoadFile(path.string())[kind];
    const auto text = [&](const char* key) {
      return node[key] ? node[key].as<std::string>() : std::string();
    };
    if (!node)
      return Failure{.code = "new.kind",
                     .what = path.string() + " describes no " + kind + ".",
                     .why = "The entry is missing.",
                     .fix = "add \"" + kind + ":\" to " + path.string(),
                     .exit = Exit::not_found};
    return Scaffold{
        .kind = kind,
        .example = text("example"),
        .copy = node["copy"] ? node["copy"].as<std::vector<std::string>>() : std::vector<std::string>{},
        .write = text("write"),
        .text = text("text"),
        .append_to = text("append_to"),
        .line = text("line"),
        .name_pattern = text("name"),
        .next = text("next")};
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
                   .what = "\"" + name + "\" is no good name for a " + scaffold.kind + ".",
                   .why = std::string("It needs ") + (capitals ? "capitals" : "small letters") +
                          ", digits and _, and starts with a letter.",
                   .fix = "./dev new " + scaffold.kind + (capitals ? " INVOICE_PREFIX" : " invoice_lines"),
                   .exit = Exit::usage};
  }
  std::vector<Change> changes;
  CHECKED(add_copies(workspace, scaffold, name, changes));
  if (!scaffold.write.empty()) {
    const auto time = utc_time();
    const auto fill = [&](const std::string& text) {
      return filled(filled(text, "{name}", name), "{time}", time);
    };
    changes.push_back({fill(scaffold.write), fill(scaffold.text)});
  }
  std::error_code error;
  for (const auto& change : changes) {
    if (fs::exists(workspace.root() / change.path, error)) {
      return Failure{.code = "new.exists",
                     .what = change.path.string() + " exists already.",
                     .why = "./dev new overwrites nothing.",
                     .fix = "choose another name, or: rm -r '" + change.path.string() + "'",
                     .exit = Exit::conflict};
    }
  }
  if (!scaffold.append_to.empty()) {
    const auto present = CHECKED(read_file(workspace.root() / scaffold.append_to));
    const auto line = filled(scaffold.line, "{name}", name);
    if (present.find(line.substr(0, line.find('\n'))) != present.npos) {
      return Failure{.code = "new.exists",
                     .what = name + " stands in " + scaffold.append_to + " already.",
                     .why = "./dev new overwrites nothing.",
                     .fix = "choose another name",
                     .exit = Exit::conflict};
    }
    changes.push_back({scaffold.append_to, present + line + (line.ends_with('\n') ? "" : "\n")});
  }
  return changes;
}

Outcome<> write_scaffold(const Workspace& workspace, const std::vector<Change>& changes) {
  for (const auto& change : changes) CHECKED(write_file(workspace.root() / change.path, change.text, 0644));
  return {};
}

}  // namespace starter::console::dev
