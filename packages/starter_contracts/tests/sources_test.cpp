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

/// const { NAME: name, OTHER } = process.env
void collect_taken_apart(Uses& uses) {
  Uses lists;
  const std::regex pattern(R"re(\{([^{}]*)\}\s*=\s*process\.env)re"), name(R"re(\b[A-Z][A-Z0-9_]+\b)re");
  for (const char* folder : {"apps/web-app", "tools"})
    collect(lists, folder, {".ts", ".tsx", ".mjs"}, pattern);
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
    collect(
        found, "packages/starter_console/src", {".cpp"},
        std::regex(
            R"re(\.name = "([A-Z][A-Z0-9_]*)",\s*(?:\.type = settings|\.secret|\.meaning|\.required))re"));
    collect(found, "apps/api-service/src/app", {".cpp"},
            std::regex(R"re(\{\s*\.name = "([A-Z][A-Z0-9_]*)")re"));
    const std::regex script(R"re(process\.env\.([A-Z][A-Z0-9_]*))re");
    collect(found, "apps/web-app", {".ts", ".tsx", ".mjs"}, script);
    collect_taken_apart(found);
    collect(found, "tools", {".mjs", ".ts"}, script);
    collect(found, "apps/web-app/lib", {".ts"},
            std::regex(R"re((?:text|origin|secretText)\((?:env, )?"([A-Z][A-Z0-9_]*)")re"));
    collect(found, "tools", {".sh"}, std::regex(R"re(\$\{((?:BARE|STARTER)_[A-Z0-9_]*)[:}-])re"));
    return found;
  }();
  return all;
}

TEST(Sources, NameNoVariableThatTheContractLacks) {
  EXPECT_GT(uses().size(), 60u);
  for (const auto& [name, files] : uses()) {
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

/// docs/reference/environment.md is written from the API's own table of settings.
TEST(Sources, ApiReadsItsVariablesAsTheContractSays) {
  std::istringstream page(read(root() / "docs/reference/environment.md"));
  static const std::regex row(
      R"re(\| `([A-Z0-9_]+)`( \(secret\))? \| ([a-z]+)(?:: ([^|]*))? \| (?:`([^`]*)`|(required)|required when [^|]*)? ?\|.*)re");
  static const std::map<std::string, std::string> types{
      {"text", "string"}, {"integer", "int"}, {"boolean", "bool"},      {"url", "url"},
      {"choice", "enum"}, {"list", "csv"},    {"duration", "duration"}, {"bytes", "bytes"}};
  std::set<std::string> seen;
  std::smatch match;
  for (std::string line; std::getline(page, line) && !line.starts_with("### What is refused");) {
    if (!std::regex_match(line, match, row)) continue;
    const std::string name = match[1], type = match[3], range = match[4];
    seen.insert(name);
    const auto* declared = contract().variable(name);
    ASSERT_NE(declared, nullptr) << name;
    const auto& variable = declared->of(declared->is_read_by("api") ? "api" : "worker");
    const auto wanted = types.at(type);
    EXPECT_TRUE(name_of(variable.type) == wanted || (wanted == "string" && variable.type == Type::path))
        << name;
    EXPECT_EQ(variable.secret, match[2].matched) << name;
    // The page is about the API; what the migration alone needs is not required there.
    if (variable.is_read_by("api")) EXPECT_EQ(variable.required_when == "always", match[6].matched) << name;
    if (!match[6].matched) EXPECT_EQ(variable.fallback.value_or(""), match[5].str()) << name;
    if (type == "integer") {
      std::ostringstream text;
      text << static_cast<long long>(variable.min.value_or(-1)) << " to "
           << static_cast<long long>(variable.max.value_or(-1));
      EXPECT_EQ(range, text.str()) << name;
    }
    if (type == "choice")
      EXPECT_EQ(range, [&] {
        std::string all;
        for (const auto& one : variable.allowed) all += (all.empty() ? "" : ", ") + one;
        return all;
      }()) << name;
  }
  EXPECT_GE(seen.size(), 40u);
  for (const auto& variable : contract().variables) {
    const bool api = variable.is_read_by("api") || variable.is_read_by("worker");
    const bool service = variable.name != "STARTER_FAILPOINTS" && variable.name != "DEMO_PASSWORD";
    if (api && service && !variable.since.empty()) EXPECT_TRUE(seen.contains(variable.name)) << variable.name;
  }
}

}  // namespace starter::contracts::testing
