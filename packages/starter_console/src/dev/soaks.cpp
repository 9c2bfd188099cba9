#include "dev/soaks.h"

#include <algorithm>
#include <regex>

#include "system/files.h"

namespace starter::console::dev {

namespace {

/// The folder of a C++ suite's sources: its binary stands at the same place below build/everyday.
fs::path tests_of(const Suite& suite) {
  return fs::path(suite.command[0]).lexically_relative("build/everyday").parent_path() / "tests";
}

Outcome<> add_tests(const fs::path& file, const Suite& suite, Soaks& soaks) {
  static const std::regex pattern(R"(TEST(?:_F|_P)?\(\s*\w+,\s*(([A-Z][0-9]+)[A-Z]\w*)\))");
  const auto text = CHECKED(read_file(file, 4U << 20));
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    auto& soak = soaks[(*at)[2].str()];
    soak.tests.push_back((*at)[1].str());
    const bool known = std::ranges::any_of(soak.suites, [&](const Suite& s) { return s.name == suite.name; });
    if (!known) soak.suites.push_back(suite);
  }
  return {};
}

}  // namespace

bool BeforeId::operator()(const std::string& left, const std::string& right) const {
  const auto key = [](const std::string& id) { return std::pair{id[0], std::stoi(id.substr(1))}; };
  return key(left) < key(right);
}

Outcome<Soaks> find_soaks(const Workspace& workspace) {
  Soaks soaks;
  for (const auto& suite : CHECKED(load_suites(workspace))) {
    if (!suite.soak.empty()) soaks[suite.soak].whole.push_back(suite);
    const auto folder = suite.format == "gtest" ? workspace.root() / tests_of(suite) : fs::path();
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() == ".cpp") CHECKED(add_tests(at->path(), suite, soaks));
    }
  }
  for (auto& [id, soak] : soaks) std::ranges::sort(soak.tests);
  return soaks;
}

std::string filter_of(const Soak& soak) {
  std::string filter;
  for (const auto& test : soak.tests) filter += (filter.empty() ? "" : "*:*.") + test;
  return "." + filter;
}

}  // namespace starter::console::dev
