#include "dev/suites.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "frame/invocation.h"

namespace starter::console::dev {

namespace {

std::string text(const YAML::Node& node, const char* key) {
  return node[key] ? node[key].as<std::string>() : std::string();
}

std::vector<std::string> list(const YAML::Node& node, const char* key) {
  return node[key] ? node[key].as<std::vector<std::string>>() : std::vector<std::string>{};
}

Suite suite_of(const YAML::Node& node) {
  return {.name = text(node, "name"),
          .group = text(node, "group"),
          .about = text(node, "about"),
          .format = text(node, "format"),
          .target = text(node, "target"),
          .soak = text(node, "soak"),
          .folder = text(node, "folder"),
          .npm = text(node, "npm"),
          .only_with = text(node, "only_with"),
          .command = list(node, "command"),
          .filter = list(node, "filter"),
          .needs = list(node, "needs"),
          .packages = list(node, "packages"),
          .instead = list(node, "instead"),
          .sharded = node["sharded"] && node["sharded"].as<bool>(),
          .alone = node["alone"] && node["alone"].as<bool>(),
          .minutes = node["minutes"] ? node["minutes"].as<int>() : 10};
}

Failure bad_table(const fs::path& path, std::string why) {
  return {.code = "dev.suites",
          .what = path.string() + " cannot be read.",
          .why = std::move(why),
          .fix = editor_command(path.string())};
}

}  // namespace

bool Suite::wants(std::string_view need) const {
  return std::ranges::find(needs, need) != needs.end();
}

Outcome<std::vector<Suite>> load_suites(const Workspace& workspace) {
  const auto path = workspace.root() / "tools/suites.yaml";
  try {
    std::vector<Suite> suites;
    for (const auto& node : YAML::LoadFile(path.string())["suites"]) suites.push_back(suite_of(node));
    for (const auto& suite : suites) {
      const bool known = suite.format == "gtest" || suite.format == "vitest" || suite.format == "tap" ||
                         suite.format == "exit";
      if (suite.name.empty() || suite.command.empty() || !known)
        return bad_table(path, "\"" + suite.name + "\" needs a name, a command and a known format.");
    }
    return suites;
  } catch (const YAML::Exception& error) {
    return bad_table(path, error.what());
  }
}

Outcome<std::vector<Suite>> select_suites(const std::vector<Suite>& all, const std::string& name) {
  std::vector<Suite> chosen;
  std::vector<std::string> names;
  for (const auto& suite : all) {
    if (name.empty() || suite.name == name || suite.group == name) chosen.push_back(suite);
    names.push_back(suite.name);
    names.push_back(suite.group);
  }
  if (!chosen.empty()) return chosen;
  const auto near = nearest(name, names);
  return Failure{
      .code = "dev.no_suite",
      .what = "There is no test suite \"" + name + "\".",
      .why = near.empty() ? "tools/suites.yaml does not name it." : "The nearest one is \"" + near + "\".",
      .fix = near.empty() ? "./dev test --list" : "./dev test " + near,
      .exit = Exit::not_found};
}

}  // namespace starter::console::dev
