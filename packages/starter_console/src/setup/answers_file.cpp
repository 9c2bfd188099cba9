#include "setup/answers_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "frame/invocation.h"
#include "setup/interview.h"
#include "starter/core/range.h"
#include "starter/core/text.h"

namespace starter::console::setup {

using contracts::Contract;
using contracts::InputType;

namespace {

constexpr std::string_view kFile = "_FILE";

std::string at(const YAML::Mark& mark) {
  return "line " + std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1);
}

YAML::Mark mark_of(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  YAML::Mark mark;
  mark.line = static_cast<int>(std::ranges::count(before, '\n'));
  mark.column = static_cast<int>(at - (before.rfind('\n') + 1));
  return mark;
}

// "~" and a blank mean: no answer.
std::string scalar(const YAML::Node& node) {
  return node.IsNull() ? "" : node.Scalar();
}

class Parser {
 public:
  Parser(const Contract& contract, std::string path) : contract_(contract), path_(std::move(path)) {}

  Outcome<AnswersFile> parse(const std::string& text) {
    if (const auto good = utf8_part(text); good < text.size())
      return refuse(mark_of(text, good), "is not UTF-8 there", "write the file anew as UTF-8");
    try {
      const auto root = YAML::Load(text);
      if (root.IsNull()) return answers_;
      if (!root.IsMap())
        return refuse(root.Mark(), "holds no list of NAME: value", "write one NAME: value a line");
      for (const auto& entry : root) CHECKED(member(entry.first, entry.second));
      return answers_;
    } catch (const YAML::Exception& error) {
      return refuse(error.mark, "is no YAML: " + error.msg, "mend it there");
    }
  }

 private:
  Outcome<> member(const YAML::Node& key, const YAML::Node& value) {
    const auto name = key.Scalar();
    if (name.empty()) return refuse(key.Mark(), "has an entry without a name", "write NAME: value there");
    if (!seen_.emplace(name, true).second)
      return refuse(key.Mark(), "names " + name + " twice", "remove one of the two");
    const auto* const input = contract_.input(name);
    if (input != nullptr && input->type == InputType::map && value.IsMap()) return map(name, value);
    if (!value.IsScalar() && !value.IsNull())
      return refuse(value.Mark(), "has no single value for " + name, "write " + name + ": value");
    if (name == "profile" || name == "preset") return choice(name, value);
    if (subject_of(contract_, name).empty()) return unknown(key.Mark(), name);
    if (const auto* const variable = contract_.variable(name);
        variable != nullptr && !variable->unused.empty())
      return refuse(key.Mark(), "sets " + name + ", which nothing reads: " + variable->unused, "remove it");
    if (auto text = scalar(value); !text.empty()) answers_.values[name] = std::move(text);
    return {};
  }

  Outcome<> choice(const std::string& kind, const YAML::Node& value) {
    const auto said = scalar(value);
    auto known = kind == "preset" ? preset_names(contract_) : std::vector<std::string>();
    if (kind == "profile")
      for (const auto& one : contract_.profiles) known.push_back(one.name);
    if (!said.empty() && !contains(known, said)) {
      const auto near = nearest(said, known);
      return refuse(value.Mark(), "names the " + kind + " " + said + ", which is none of " + joined(known),
                    "write " + kind + ": " + (near.empty() ? known.front() : near));
    }
    (kind == "profile" ? answers_.profile : answers_.preset) = said;
    return {};
  }

  Outcome<> map(const std::string& name, const YAML::Node& node) {
    for (const auto& entry : node) {
      const auto variable = entry.first.Scalar();
      if (contract_.variable(variable) == nullptr) return unknown(entry.first.Mark(), variable);
      if (!entry.second.IsScalar())
        return refuse(entry.second.Mark(), "has no single value for " + variable,
                      "write " + variable + ": value");
      answers_.values[name + "." + variable] = entry.second.Scalar();
    }
    return {};
  }

  Outcome<> unknown(const YAML::Mark& mark, const std::string& name) {
    std::vector<std::string> names{"profile", "preset"};
    for (const auto& variable : contract_.variables) names.push_back(variable.name);
    for (const auto& input : contract_.inputs) names.push_back(input.name);
    const auto near = nearest(name, names);
    auto failure = refuse(mark, "names " + name + ", which the contract doesn't know", "");
    failure.fix = near.empty() ? "starter-console contract show" : "starter-console contract show " + near;
    return failure;
  }

  Failure refuse(const YAML::Mark& mark, std::string why, const std::string& advice) const {
    const bool typed_in = path_ == "/dev/stdin";
    return {.code = "setup.answers",
            .what = path_ + " can't be used: " + at(mark) + ".",
            .why = "It " + std::move(why) + ".",
            .fix = (typed_in ? "" : editor_command(path_, mark.line + 1)) + "   # " + advice,
            .exit = Exit::usage,
            .docs = "docs/ops/setup-wizard-presets.md"};
  }

  const Contract& contract_;
  std::string path_;
  AnswersFile answers_;
  std::map<std::string, bool> seen_;
};

}  // namespace

std::string subject_of(const Contract& contract, const std::string& name) {
  if (contract.variable(name) != nullptr || contract.input(name) != nullptr) return name;
  if (const auto dot = name.find('.'); dot != name.npos) {
    const auto* const input = contract.input(name.substr(0, dot));
    const bool entry = input != nullptr && input->type == InputType::map;
    return entry && contract.variable(name.substr(dot + 1)) != nullptr ? name : "";
  }
  if (!name.ends_with(kFile)) return "";
  const auto stem = name.substr(0, name.size() - kFile.size());
  const auto* const variable = contract.variable(stem);
  return variable != nullptr && variable->secret ? stem : "";
}

bool is_secret(const Contract& contract, const std::string& name) {
  if (const auto* const variable = contract.variable(name)) return variable->secret;
  const auto* const input = contract.input(name);
  return input != nullptr && input->secret;
}

std::string answer_flag(const Contract& contract, const std::string& name) {
  if (!is_secret(contract, name)) return "--var " + name + "=VALUE";
  return contract.variable(name) != nullptr ? "--var " + name + "_FILE=/path/to/file" : "--answers-file FILE";
}

Outcome<AnswersFile> parse_answers(const Contract& contract, const std::string& path,
                                   const std::string& text) {
  return Parser(contract, path).parse(text);
}

std::string answers_text(const AnswersFile& answers) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "profile" << YAML::Value << answers.profile << YAML::Key << "preset"
      << YAML::Value << answers.preset;
  std::map<std::string, std::map<std::string, std::string>> maps;
  for (const auto& [name, value] : answers.values) {
    const auto dot = name.find('.');
    if (dot == name.npos)
      out << YAML::Key << name << YAML::Value << YAML::DoubleQuoted << value << YAML::Auto;
    else
      maps[name.substr(0, dot)][name.substr(dot + 1)] = value;
  }
  for (const auto& [name, entries] : maps) {
    out << YAML::Key << name << YAML::Value << YAML::BeginMap;
    for (const auto& [entry, value] : entries)
      out << YAML::Key << entry << YAML::Value << YAML::DoubleQuoted << value;
    out << YAML::EndMap;
  }
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

Outcome<std::pair<std::string, std::string>> parse_assignment(const Contract& contract,
                                                              const std::string& command,
                                                              const std::string& text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto refuse = [&](std::string code, std::string what, std::string why, std::string fix) {
    return Failure{.code = std::move(code),
                   .what = std::move(what),
                   .why = std::move(why),
                   .fix = std::move(fix),
                   .exit = Exit::usage,
                   .docs = "docs/ops/setup-wizard-presets.md"};
  };
  if (equals == text.npos || name.empty())
    return refuse("setup.assignment", "--var needs NAME=VALUE.",
                  equals == text.npos ? "What follows it has no =." : "There is no name before its =.",
                  command + " --help");
  if (subject_of(contract, name).empty()) {
    std::vector<std::string> names;
    for (const auto& variable : contract.variables) names.push_back(variable.name);
    for (const auto& input : contract.inputs) names.push_back(input.name);
    const auto near = nearest(name, names);
    return refuse("setup.unknown", "The contract has no variable " + name + ".",
                  near.empty() ? "No name is like it." : "The nearest one is " + near + ".",
                  "starter-console contract show" + (near.empty() ? "" : " " + near));
  }
  if (is_secret(contract, name))
    return refuse("setup.secret_flag", name + " is a secret and can't be a flag.",
                  "Everyone on this machine could read it in the list of processes.",
                  command + " " + answer_flag(contract, name));
  if (const auto* const variable = contract.variable(name); variable != nullptr && !variable->unused.empty())
    return refuse("setup.unused", "Nothing reads " + name + ".", variable->unused + ".",
                  "starter-console contract show " + name);
  return std::pair{name, text.substr(equals + 1)};
}

}  // namespace starter::console::setup
