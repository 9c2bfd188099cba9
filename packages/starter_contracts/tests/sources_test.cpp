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
    for (const char* skipped : {"node_modules", ".git", ".next", "build", "var", "generated", "fixtures"})
      if (part == skipped) return true;
  return false;
}

/// Every file below a folder that is somebody's work.
void for_each_file(const fs::path& folder, auto use) {
  for (auto at = fs::recursive_directory_iterator(root() / folder); at != fs::recursive_directory_iterator();
       ++at) {
    if (is_skipped(fs::relative(at->path(), root())))
      at.disable_recursion_pending();
    else if (at->is_regular_file())
      use(at->path());
  }
}

void collect_from(Uses& uses, const std::string& text, const std::regex& pattern, const std::string& file) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    for (size_t group = 1; group < match->size(); ++group)
      if ((*match)[group].matched) uses[(*match)[group]].insert(file);
}

void collect(Uses& uses, const fs::path& folder, std::initializer_list<std::string_view> endings,
             const std::regex& pattern) {
  for_each_file(folder, [&](const fs::path& path) {
    const auto ending = path.extension().string();
    if (std::ranges::find(endings, ending) != endings.end())
      collect_from(uses, read(path), pattern, fs::relative(path, root()).string());
  });
}

/// What a script of the shell reads and sets nowhere itself; most of them have no ending.
void collect_of_shell(Uses& uses, const std::string& text, const std::string& file) {
  static const std::regex read(R"re(\$\{?([A-Z][A-Z0-9_]*)(?![A-Za-z0-9_]))re"),
      made(R"re((?:^|[\s;(])([A-Z][A-Z0-9_]*)\+?=|\b(?:for|read -r) ([A-Z][A-Z0-9_]*)\b)re"),
      comment(R"re((^|\n)\s*#[^\n]*)re");
  // The shell's own, and what /etc/os-release brings.
  static const std::set<std::string> own{"BASH_REMATCH", "BASH_SOURCE", "EPOCHREALTIME", "EUID",
                                         "ID",           "PIPESTATUS",  "PWD",           "RANDOM",
                                         "SECONDS",      "VERSION_ID"};
  const auto code = std::regex_replace(text, comment, "$1");
  Uses mine, theirs;
  collect_from(theirs, code, read, file);
  collect_from(mine, code, made, file);
  for (const auto& [name, files] : theirs) {
    const std::regex of_itself("\\b" + name + "=[^\n]*\\$\\{?" + name + "(?![A-Z0-9_])");  // PATH=bin:$PATH
    if (!own.contains(name) && (!mine.contains(name) || std::regex_search(code, of_itself)))
      uses[name].insert(file);
  }
}

void collect_of_scripts(Uses& uses) {
  for_each_file(".", [&](const fs::path& path) {
    const auto ending = path.extension().string();
    if (!ending.empty() && ending != ".sh") return;
    const auto text = read(path);
    const auto head = text.substr(0, text.find('\n'));
    if (head.starts_with("#!") && head.ends_with("sh"))
      collect_of_shell(uses, text, fs::relative(path, root()).string());
  });
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
    for (const char* folder : {"packages", "apps/api-service"}) collect(found, folder, {".cpp", ".h"}, cpp);
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
    collect(found, ".", {".py"},
            std::regex(
                R"re((?:environ(?:\.get|\.pop|\.setdefault)?[\[(]|getenv\()\s*["']([A-Z][A-Z0-9_]*)["'])re"));
    collect(found, ".", {".cmake", ".txt"}, std::regex(R"re(\$?ENV\{([A-Z][A-Z0-9_]*)\})re"));
    collect(found, "tools", {".toml"}, std::regex(R"re(\$\{([A-Z][A-Z0-9_]*)\})re"));
    collect_of_scripts(found);
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

// What the test below can see at all, language by language.
TEST(Sources, OfEveryLanguageAreRead) {
  Uses found;
  collect_of_shell(
      found,
      "#!/bin/sh\n# $COMMENT\nMADE=1 HANDED=$GIVEN other\necho $MADE ${BASH_SOURCE[0]} ${A_B:-x}\n"
      "TAKEN=${TAKEN:-y}\nfor ONE in 1; do echo \"$ONE\"; done\n",
      "it");
  std::set<std::string> names;
  for (const auto& [name, files] : found) names.insert(name);
  EXPECT_EQ(names, (std::set<std::string>{"A_B", "GIVEN", "TAKEN"}));
  const std::pair<const char*, const char*> one_of_each[] = {
      {"STARTER_COMMIT", "cmake/Commit.cmake"},
      {"FUZZ_EMAIL", "tools/api-fuzz/hooks.py"},
      {"FUZZ_TENANT", "tools/api-fuzz/schemathesis.toml"},
      {"PATH", "dev"},
      {"BARE_KEEP", "tools/ci/bare-machine.sh"},
      {"APP_PUBLIC_URL", "apps/web-app/lib/settings.ts"}};
  for (const auto& [name, file] : one_of_each)
    EXPECT_TRUE(uses().contains(name) && uses().at(name).contains(file)) << name << " in " << file;
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
