#include "dev/test_packages.h"

#include <unistd.h>

#include <utility>

#include "starter/core/text.h"
#include "system/process.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

// Whether the distribution has the package at all; Ubuntu's Chromium is none.
Outcome<bool> is_offered(const std::string& package) {
  const auto asked = CHECKED(run_process({.argv = {"apt-cache", "policy", package}}, 30s));
  const auto at = asked.output.find("Candidate: ");
  return at != asked.output.npos && !asked.output.substr(at).starts_with("Candidate: (none)");
}

Outcome<> install_package(const Terminal& terminal, const Suite& suite, const std::string& package) {
  if (::geteuid() != 0 && !terminal.settings().interactive) {
    return Failure{.code = "test.package",
                   .what = "The suite " + suite.name + " needs the package " + package + ".",
                   .why = "It is not installed, and without a terminal nothing is installed with sudo.",
                   .fix = "sudo apt-get install -y " + package,
                   .exit = Exit::check_failed};
  }
  terminal.say("Installing " + package + " for the suite " + suite.name + " ...");
  std::vector<std::string> argv{"apt-get", "install", "-y", "-q", "--no-install-recommends", package};
  if (::geteuid() != 0) argv.insert(argv.begin(), "sudo");
  if (CHECKED(run_attached({.argv = argv, .environment = {{"DEBIAN_FRONTEND", "noninteractive"}}})) != 0) {
    return Failure{.code = "test.package",
                   .what = "The package " + package + " could not be installed.",
                   .why = "apt-get says so above.",
                   .fix = "apt-get update && apt-get install -y " + package};
  }
  return {};
}

}  // namespace

Outcome<> TestPackages::install(const Suite& suite) {
  for (const auto& package : suite.packages) {
    const auto known =
        CHECKED(run_process({.argv = {"dpkg-query", "-W", "-f", "${db:Status-Abbrev}", package}}, 10s));
    if (known.status == 0 && known.output.starts_with("ii")) continue;
    if (::geteuid() == 0 && !std::exchange(updated_, true))  // containers start without package lists
      static_cast<void>(CHECKED(run_process({.argv = {"apt-get", "update", "-q"}}, 5min)));
    if (!suite.instead.empty() && !CHECKED(is_offered(package)))
      lacking_[suite.name] = package;
    else
      CHECKED(install_package(terminal_, suite, package));
  }
  return {};
}

Outcome<> TestPackages::get_the_rest(std::vector<Suite>& suites, Results& results) {
  std::vector<Suite> kept;
  for (const auto& suite : suites) {
    const auto lacking = lacking_.find(suite.name);
    if (lacking == lacking_.end() || CHECKED(get(suite, lacking->second))) {
      kept.push_back(suite);
      continue;
    }
    const auto why = "this distribution has no package " + lacking->second +
                     ", and this failed: " + joined(suite.instead, " ");
    results.skipped.push_back({suite.name, why});
    terminal_.say("SKIPPED " + suite.name + ": " + why);
  }
  suites = std::move(kept);
  return {};
}

Outcome<bool> TestPackages::get(const Suite& suite, const std::string& package) {
  const auto known = done_.find(suite.instead);
  if (known != done_.end()) return known->second;
  terminal_.say("This distribution has no package " + package + "; getting it elsewhere ...");
  const auto status =
      CHECKED(run_attached({.argv = suite.instead, .folder = workspace_.root() / suite.folder}));
  return done_[suite.instead] = status == 0;
}

}  // namespace starter::console::dev
