// ./dev test and debug.
#include <boost/json.hpp>
#include <thread>

#include "commands/groups.h"
#include "dev/builder.h"
#include "dev/stack.h"
#include "dev/test_run.h"
#include "dev/watch.h"
#include "frame/invocation.h"
#include "frame/terminal.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/development.md";

json::array notes(const std::vector<TestNote>& all) {
  json::array list;
  for (const auto& one : all) list.push_back({{"name", one.name}, {"text", one.text}});
  return list;
}

Reply reply_of(const Results& results) {
  return {.data = {{"passed", results.passed},
                   {"failed", results.failed.size()},
                   {"skipped", results.skipped.size()},
                   {"failures", notes(results.failed)},
                   {"skips", notes(results.skipped)}},
          .text = closing_line(results),
          .exit = results.failed.empty() ? Exit::ok : Exit::failed};
}

Reply list_of(const std::vector<Suite>& suites) {
  std::string text;
  json::array all;
  for (const auto& suite : suites) {
    auto name = suite.name;
    name.resize(16, ' ');
    auto group = suite.group;
    group.resize(8, ' ');
    text += name + group + suite.about + "\n";
    all.push_back({{"name", suite.name}, {"group", suite.group}, {"about", suite.about}});
  }
  return {.data = {{"suites", all}}, .text = text};
}

// Runs again after every save, until interrupted.
Outcome<Reply> watch_tests(const Workspace& workspace, Terminal& terminal, const std::vector<Suite>& suites,
                           const std::string& name) {
  const std::vector<fs::path> folders{workspace.root() / "apps", workspace.root() / "packages"};
  watch_interrupts();
  while (!interrupted()) {
    const auto mark = mark_sources(folders);
    const auto results = run_suites(workspace, terminal, suites, name);
    terminal.say(results ? closing_line(*results) : failure_text(terminal, results.error()));
    while (!interrupted() && mark_sources(folders) == mark) std::this_thread::sleep_for(300ms);
  }
  return interrupt_failure();
}

Outcome<Reply> test(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto all = CHECKED(load_suites(workspace));
  if (invocation.has("--list")) return list_of(all);
  const auto suites = CHECKED(select_suites(all, invocation.get("suite")));
  const auto name = invocation.get("name");
  if (invocation.has("--watch")) return watch_tests(workspace, terminal, suites, name);
  return reply_of(CHECKED(run_suites(workspace, terminal, suites, name)));
}

Outcome<std::string> debugger() {
  for (const auto* name : {"gdb", "lldb-19", "lldb"}) {
    if (find_program(name)) return std::string(name);
  }
  return Failure{.code = "dev.no_debugger",
                 .what = "There is no debugger on this machine.",
                 .why = "Neither gdb nor lldb is on PATH.",
                 .fix = "sudo apt-get install -y gdb",
                 .exit = Exit::not_found};
}

// The first C++ suite whose binary has a test of this name.
Outcome<std::vector<std::string>> command_of_test(const Workspace& workspace, const Terminal& terminal,
                                                  const std::string& name) {
  for (const auto& suite : CHECKED(load_suites(workspace))) {
    if (suite.format != "gtest") continue;
    CHECKED(build_targets(workspace, terminal, "everyday", {suite.target}));
    const auto binary = (workspace.root() / suite.command[0]).string();
    const auto filter = "--gtest_filter=*" + name + "*";
    const auto listed = CHECKED(run_process({.argv = {binary, filter, "--gtest_list_tests"}}, 30s));
    if (listed.output.find("\n  ") != std::string::npos) return std::vector<std::string>{binary, filter};
  }
  return Failure{.code = "test.none",
                 .what = "No C++ test's name holds \"" + name + "\".",
                 .why = "All suites of tools/suites.yaml were asked.",
                 .fix = "./dev test --list",
                 .exit = Exit::not_found};
}

Outcome<Reply> debug(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto program = CHECKED(debugger());
  const auto what = invocation.get("what");
  Launch launch;
  if (what == "api") {
    CHECKED(workspace.prepare());
    const auto stack = CHECKED(Stack::open(workspace, terminal, workspace.ports()));
    if (!terminal.json()) static_cast<void>(CHECKED(Supervisor(workspace, terminal).stop("api")));
    launch = api_part(stack).launch;
    launch.log.clear();
    launch.as.reset();
  } else {
    launch.argv = CHECKED(command_of_test(workspace, terminal, what));
  }
  launch.argv.insert(launch.argv.begin(), {program, program == "gdb" ? "--args" : "--"});
  json::object data{{"command", json::value_from(launch.argv)}};
  if (terminal.json()) return Reply{.data = data};
  const auto status = CHECKED(run_attached(launch));
  return Reply{.data = data, .exit = status == 0 ? Exit::ok : Exit::failed};
}

}  // namespace

std::vector<Command> dev_test_commands() {
  return {
      {.name = "dev test",
       .group = "Every day",
       .summary = "Run the tests: all, a suite, or one test",
       .details = "Builds and starts what the suites need and leaves nothing behind. The last line is \"N "
                  "passed, N failed, N skipped\".",
       .arguments = {{.name = "suite",
                      .summary = "A suite or group of tools/suites.yaml",
                      .values = "suites"},
                     {.name = "name", .summary = "Part of a test's name"}},
       .flags = {{"--watch", "", "Run again after every save"},
                 {"--list", "", "Show the suites and run none"}},
       .examples = {{"./dev test", "Everything."},
                    {"./dev test unit Refresh", "The C++ tests with Refresh in their name."}},
       .reply = {{"passed", "integer", "Tests that passed"},
                 {"failed", "integer", "Tests that failed"},
                 {"skipped", "integer", "Tests that did not run"},
                 {"failures", "array", "name and text"},
                 {"skips", "array", "name and text"},
                 {"suites", "array", "With --list: name, group, about"}},
       .exits = {Exit::check_failed, Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .run = test},
      {.name = "dev debug",
       .group = "Every day",
       .summary = "Run the API or one C++ test under a debugger",
       .details = "With --json it prints the command line and starts nothing.",
       .arguments = {{.name = "what", .summary = "api, or part of a test's name", .required = true}},
       .examples = {{"./dev debug api", "The API, on the data and ports of the stack."},
                    {"./dev debug Refresh.Rotates", "One test."}},
       .reply = {{"command", "array", "The command line"}},
       .exits = {Exit::not_found},
       .docs = kDocs,
       .run = debug},
  };
}

}  // namespace starter::console
