// Nothing names an environment variable but the contract, and what the contract says is read is read.
#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "tests/repository.h"

namespace starter::contracts::testing {

namespace fs = std::filesystem;

using Uses = std::map<std::string, std::set<std::string>>;  // name, files

bool is_skipped(const fs::path& path) {
  for (const auto& part : path)
    for (const char* skipped : {"node_modules", ".next", "build", "var", "generated", "fixtures"})
      if (part == skipped) return true;
  return false;
}

void collect(Uses& uses, const fs::path& folder, std::initializer_list<std::string_view> endings,
             const std::regex& pattern) {
  for (auto at = fs::recursive_directory_iterator(root() / folder); at != fs::recursive_directory_iterator();
       ++at) {
    if (is_skipped(fs::relative(at->path(), root()))) {
      at.disable_recursion_pending();
      continue;
    }
    const auto ending = at->path().extension().string();
    if (!at->is_regular_file() || std::ranges::find(endings, ending) == endings.end()) continue;
    const auto text = read(at->path());
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
      for (size_t group = 1; group < match->size(); ++group)
        if ((*match)[group].matched) uses[(*match)[group]].insert(fs::relative(at->path(), root()).string());
  }
}

/// const { NAME: name, OTHER } = process.env, and settings_of({"NAME", "OTHER"})
void collect_lists(Uses& uses) {
  Uses lists;
  const std::regex pattern(R"re(\{([^{}]*)\}\s*=\s*process\.env)re"), name(R"re(\b[A-Z][A-Z0-9_]+\b)re");
  for (const char* folder : {"apps/web-app", "tools"})
    collect(lists, folder, {".ts", ".tsx", ".mjs"}, pattern);
  collect(lists, "packages/starter_console/src", {".cpp"}, std::regex(R"re(settings_of\(\s*\{([^{}]*)\})re"));
  for (const auto& [list, files] : lists)
    for (std::sregex_iterator match(list.begin(), list.end(), name), end; match != end; ++match)
      uses[match->str()].insert(files.begin(), files.end());
}

/// Every place where a program asks for a variable.
const Uses& uses() {
  static const Uses all = [] {
    Uses found;
    const std::regex cpp(R"re((?:getenv|[^_a-z]set)\("([A-Z][A-Z0-9_]*)"\))re");
    for (const char* folder : {"packages/starter_runtime", "packages/starter_console", "apps/api-service"})
      collect(found, folder, {".cpp", ".h"}, cpp);
    // By name from the settings that the contract's own table makes, and from what a secret manager is given.
    const std::regex setting(R"re(\bv\.(?:text|integer|boolean|list|secret|has)\("([A-Z][A-Z0-9_]*)"\))re");
    for (const char* folder : {"packages/starter_service/src", "apps/api-service/src/app"})
      collect(found, folder, {".cpp"}, setting);
    collect(found, "packages/starter_providers/src", {".cpp"},
            std::regex(R"re((?:environment_?|path)\("([A-Z][A-Z0-9_]*)")re"));
    collect(found, "packages/starter_providers/src", {".cpp"},
            std::regex(R"re(\{"[a-z_]+", "([A-Z][A-Z0-9_]*_SIGNING_SECRET[A-Z_]*)",)re"));
    collect(
        found, "packages/starter_console/src", {".cpp"},
        std::regex(
            R"re(\.name = "([A-Z][A-Z0-9_]*)",\s*(?:\.type = settings|\.secret|\.meaning|\.required))re"));
    const std::regex script(R"re(process\.env\.([A-Z][A-Z0-9_]*))re");
    collect(found, "apps/web-app", {".ts", ".tsx", ".mjs"}, script);
    collect_lists(found);
    collect(found, "tools", {".mjs", ".ts"}, script);
    collect(found, "apps/web-app/lib", {".ts"},
            std::regex(R"re((?:text|origin|secretText)\((?:env, )?"([A-Z][A-Z0-9_]*)")re"));
    collect(found, "tools", {".sh"}, std::regex(R"re(\$\{((?:BARE|STARTER)_[A-Z0-9_]*)[:}-])re"));
    return found;
  }();
  return all;
}

// Both ways: what deploys an application names it by image and environment alone.
TEST(Sources, A000_02_A002_24_A004_21_ApplicationsAndDeploymentsDoNotIncludeEachOther) {
  Uses found;
  const std::regex of_ops(R"re((?:#include|import|from|require\()\s*\(?["'<]([^"'>]*\bops/[^"'>]*)["'>])re");
  for (const char* folder : {"apps", "packages"})
    collect(found, folder, {".cpp", ".h", ".ts", ".tsx", ".mjs", ".js"}, of_ops);
  const std::regex of_apps(
      R"re((?:source|include|file|templatefile)\s*(?:=|:|\()\s*["']?([^"'\n]*\.\./(?:apps|packages)/[^"'\n]*))re");
  collect(found, "ops", {".tf", ".yaml", ".yml", ".tpl"}, of_apps);
  for (const auto& [path, files] : found) ADD_FAILURE() << *files.begin() << " takes " << path;
}

TEST(Sources, NameNoVariableThatTheContractLacks) {
  EXPECT_GT(uses().size(), 60u);
  for (const auto& [name, files] : uses()) {
    if (name == "STORAGE_PROVIDER") continue;  // what it may not be is refused before anything is stored
    const auto* variable = contract().variable(name);
    EXPECT_TRUE(variable != nullptr && !variable->since.empty())
        << name << " is read in " << *files.begin() << " and "
        << (variable ? "the contract says it is not" : "not in the contract");
  }
}

TEST(Sources, ReadEveryVariableThatTheContractSaysIsRead) {
  // Read by Next.js, or handed to suites that a product may add.
  const std::set<std::string> elsewhere{"HOSTNAME", "NEXT_TELEMETRY_DISABLED", "STARTER_API_URL",
                                        "STARTER_DEMO_PASSWORD"};
  std::vector<std::string> unread;
  for (const auto& variable : contract().variables)
    if (!variable.since.empty() && !uses().contains(variable.name) && !elsewhere.contains(variable.name))
      unread.push_back(variable.name);
  EXPECT_THAT(unread, ::testing::IsEmpty());
}

}  // namespace starter::contracts::testing
