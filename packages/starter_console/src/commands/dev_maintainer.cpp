// ./dev build, bench, lint, format, tools, soak: for those who maintain this clone's code.
#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "commands/groups.h"
#include "dev/builder.h"
#include "dev/scripts.h"
#include "dev/soaks.h"
#include "dev/stack.h"
#include "dev/test_run.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "starter/core/text.h"
#include "system/files.h"
#include "system/http.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/development.md";
constexpr std::string_view kGroup = "For maintainers";

Outcome<Reply> build(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  watch_interrupts();
  const auto preset = invocation.get("--preset", "everyday");
  const auto begin = std::chrono::steady_clock::now();
  CHECKED(build_targets(workspace, terminal, preset, invocation.all("target")));
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count();
  return Reply{.data = {{"preset", preset}, {"seconds", took}},
               .text = "Built build/" + preset + " in " + std::to_string(took) + " s."};
}

Outcome<Reply> bench(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto names = script_names(workspace, "bench");
  const auto name = invocation.get("name");
  const auto listed = joined(names);
  if (name.empty()) return Reply{.data = {{"benchmarks", json::value_from(names)}}, .text = listed};
  if (std::ranges::find(names, name) == names.end()) {
    const auto near = nearest(name, names);
    return Failure{.code = "bench.name",
                   .what = "There is no benchmark \"" + name + "\".",
                   .why = "There are: " + listed + ".",
                   .fix = near.empty() ? "./dev bench" : "./dev bench " + near,
                   .exit = Exit::not_found};
  }
  const Launch launch{.argv = {"bash", (workspace.root() / "tools/bench" / (name + ".sh")).string()},
                      .folder = workspace.root()};
  if (!terminal.json())
    return Reply{.data = {}, .exit = CHECKED(run_attached(launch)) == 0 ? Exit::ok : Exit::failed};
  const auto ran = CHECKED(run_process(launch, 60min));
  return Reply{.data = {{"benchmarks", json::array{json::value(name)}}, {"output", ran.output}},
               .exit = ran.status == 0 ? Exit::ok : Exit::failed};
}

Outcome<Reply> archive(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const Launch launch{.argv = {"bash", (workspace.root() / "tools/archive/build.sh").string(),
                               invocation.get("--preset", "release")},
                      .folder = workspace.root()};
  if (!terminal.json())
    return Reply{.data = {}, .exit = CHECKED(run_attached(launch)) == 0 ? Exit::ok : Exit::failed};
  const auto ran = CHECKED(run_process(launch, 60min));
  const auto said = std::string_view(ran.output).substr(0, ran.output.find_last_not_of('\n') + 1);
  return Reply{.data = {{"archive", said.substr(said.rfind('\n') + 1)}, {"output", ran.output}},
               .exit = ran.status == 0 ? Exit::ok : Exit::failed};
}

Outcome<std::vector<std::string>> sources(const Workspace& workspace,
                                          const std::vector<std::string>& patterns) {
  Launch launch{.argv = {"git", "-c", "safe.directory=*", "ls-files", "--cached", "--others",
                         "--exclude-standard", "--"},
                .folder = workspace.root()};
  launch.argv.insert(launch.argv.end(), patterns.begin(), patterns.end());
  const auto listed = CHECKED(run_process(launch, 30s));
  std::vector<std::string> files;
  std::istringstream lines(listed.output);
  for (std::string line; std::getline(lines, line);) {
    if (listed.status == 0 && fs::exists(workspace.root() / line)) files.push_back(line);
  }
  return files;
}

// Runs a program over files, some at a time; returns what it said about those that it refused.
Outcome<std::string> over_files(const Workspace& workspace, const std::vector<std::string>& command,
                                const std::vector<std::string>& files, std::size_t at_once) {
  std::string said;
  for (std::size_t from = 0; from < files.size() && !interrupted(); from += at_once) {
    Launch launch{.argv = command, .folder = workspace.root(), .contained = true};
    launch.argv.insert(launch.argv.end(), files.begin() + static_cast<std::ptrdiff_t>(from),
                       files.begin() + static_cast<std::ptrdiff_t>(std::min(files.size(), from + at_once)));
    const auto ran = CHECKED(run_process(launch, 10min));
    if (ran.status != 0) said += ran.output;
  }
  if (interrupted()) return interrupt_failure();
  return said;
}

Outcome<Reply> format(const Invocation& invocation, Terminal&) {
  const auto workspace = CHECKED(Workspace::find());
  watch_interrupts();
  const auto files = CHECKED(sources(workspace, {"*.cpp", "*.h"}));
  const auto command = invocation.dry_run()
                           ? std::vector<std::string>{"clang-format-19", "--dry-run", "-Werror"}
                           : std::vector<std::string>{"clang-format-19", "-i"};
  const auto said = CHECKED(over_files(workspace, command, files, 50));
  return Reply{.data = {{"files", files.size()}, {"dry_run", invocation.dry_run()}, {"output", said}},
               .text = said.empty() ? std::to_string(files.size()) + " files are formatted." : said};
}

// clang-tidy knows how to read what the everyday build compiles: fuzzers, for one, are not among it.
Outcome<std::vector<std::string>> compiled(const Workspace& workspace,
                                           const std::vector<std::string>& files) {
  const auto known = CHECKED(read_file(workspace.build() / "compile_commands.json", 64U << 20));
  std::vector<std::string> found;
  std::ranges::copy_if(files, std::back_inserter(found), [&](const std::string& file) {
    return known.find("/" + file + "\"") != std::string::npos;
  });
  return found;
}

Outcome<Reply> lint(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  watch_interrupts();
  auto files = invocation.all("file");
  CHECKED(build_targets(workspace, terminal, "everyday", {}));
  if (files.empty()) files = CHECKED(compiled(workspace, CHECKED(sources(workspace, {"*.cpp"}))));
  const auto said = CHECKED(over_files(
      workspace, {"clang-tidy-19", "--quiet", "-p", workspace.build().string(), "--warnings-as-errors=*"},
      files, 1));
  return Reply{.data = {{"files", files.size()}, {"output", said}},
               .text = said.empty()
                           ? "clang-tidy has nothing to say about " + std::to_string(files.size()) + " files."
                           : said,
               .exit = said.empty() ? Exit::ok : Exit::check_failed};
}

Outcome<Reply> tools(const Invocation&, Terminal& terminal) {
  json::array all;
  std::string text;
  bool complete = true;
  for (const auto* name : {"clang++-19", "clang-tidy-19", "clang-format-19", "ld.lld-19", "cmake", "ninja",
                           "ccache", "node", "npm", "psql", "redis-server", "shellcheck", "git"}) {
    const auto path = find_program(name);
    std::string version;
    if (path) {
      const auto ran = run_process({.argv = {name, "--version"}}, 10s);
      if (ran) version = ran->output.substr(0, ran->output.find('\n'));
    }
    complete = complete && path;
    auto title = std::string(name);
    title.resize(18, ' ');
    text += title + (path ? version : terminal.paint(Tone::bad, "missing")) + "\n";
    all.push_back({{"name", name}, {"path", path ? path->string() : ""}, {"version", version}});
  }
  return Reply{.data = {{"tools", all}}, .text = text, .exit = complete ? Exit::ok : Exit::check_failed};
}

// Resident memory of a process, in KiB.
long resident(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

Outcome<Reply> soak_stack(const Workspace& workspace, const Invocation& invocation, Terminal& terminal) {
  const auto minutes = CHECKED(invocation.number("--minutes", 10, 1, 1440));
  const auto state = State::load(workspace);
  const auto* api = state.find("api");
  const auto* web = state.find("web");
  if (api == nullptr || web == nullptr || !is_running(api->process) || !is_running(web->process)) {
    return Failure{.code = "dev.not_running",
                   .what = "The stack does not run.",
                   .why = "A soak needs its API and its web application.",
                   .fix = "./dev up",
                   .exit = Exit::check_failed};
  }
  watch_interrupts();
  const auto ports = workspace.ports();
  const long api_before = resident(api->process.pid), web_before = resident(web->process.pid);
  std::int64_t asked = 0, failed = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(minutes);
  while (std::chrono::steady_clock::now() < end && !interrupted()) {
    for (const auto& url : {"http://127.0.0.1:" + std::to_string(ports.api()) + "/health/ready",
                            "http://127.0.0.1:" + std::to_string(ports.web()) + "/api/health/ready"}) {
      const auto reply = http_get(url, 5s);
      ++asked;
      if (!reply || reply->status != 200) ++failed;
    }
    if (asked % 2000 == 0)
      terminal.say(std::to_string(asked) + " requests, " + std::to_string(failed) + " failed");
    std::this_thread::sleep_for(5ms);
  }
  const long api_grown = resident(api->process.pid) - api_before,
             web_grown = resident(web->process.pid) - web_before;
  return Reply{.data = {{"requests", asked},
                        {"failed", failed},
                        {"api_grown_kib", api_grown},
                        {"web_grown_kib", web_grown}},
               .text = std::to_string(asked) + " requests, " + std::to_string(failed) +
                       " failed; memory grew by " + std::to_string(api_grown) + " KiB (API) and " +
                       std::to_string(web_grown) + " KiB (web)",
               .exit = failed == 0 ? Exit::ok : Exit::failed};
}

Reply list_of(const Soaks& soaks) {
  json::array all;
  std::string text;
  for (const auto& [id, soak] : soaks) {
    auto title = id;
    title.resize(8, ' ');
    json::array suites;
    for (const auto& suite : soak.whole) {
      text += title + "./dev test " + suite.name + "\n";
      title.assign(8, ' ');
      suites.emplace_back(suite.name);
    }
    for (const auto& test : soak.tests) {
      text += title + test + "\n";
      title.assign(8, ' ');
    }
    all.push_back({{"name", id}, {"tests", json::value_from(soak.tests)}, {"suites", suites}});
  }
  all.push_back({{"name", "stack"}, {"tests", json::array()}, {"suites", json::array()}});
  return {.data = {{"soaks", all}}, .text = text + "stack   the running stack and its memory"};
}

// The tests read STARTER_SOAK (tests/support/trials.h) and take their full counts.
Outcome<Reply> soak_tests(const Workspace& workspace, const Invocation& invocation, Terminal& terminal,
                          const Soak& soak) {
  auto suites = soak.suites;
  const auto minutes = static_cast<int>(CHECKED(invocation.number("--minutes", 240, 1, 1440)));
  for (auto& suite : suites) suite.minutes = minutes;
  ::setenv("STARTER_SOAK", "1", 1);
  Results results;
  if (!suites.empty()) results.add(CHECKED(run_suites(workspace, terminal, suites, filter_of(soak))));
  auto whole = soak.whole;
  if (invocation.has("--minutes")) {
    for (auto& suite : whole) suite.minutes = minutes;
  }
  if (!whole.empty()) results.add(CHECKED(run_suites(workspace, terminal, whole, "")));
  return Reply{.data = {{"passed", results.passed},
                        {"failed", results.failed.size()},
                        {"skipped", results.skipped.size()}},
               .text = closing_line(results),
               .exit = results.failed.empty() ? Exit::ok : Exit::failed};
}

Outcome<Reply> soak(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto name = invocation.get("name");
  if (name == "stack") return soak_stack(workspace, invocation, terminal);
  const auto soaks = CHECKED(find_soaks(workspace));
  if (name.empty()) return list_of(soaks);
  // The index is ordered by number, so only what looks like an id may be asked for.
  for (const auto& [id, soak] : soaks) {
    if (id == name) return soak_tests(workspace, invocation, terminal, soak);
  }
  return Failure{.code = "soak.name",
                 .what = "There is no soak \"" + name + "\".",
                 .why = "No C++ test's name begins with it, and no suite is it.",
                 .fix = "./dev soak",
                 .exit = Exit::not_found};
}

}  // namespace

std::vector<Command> dev_maintainer_commands() {
  return {
      {.name = "dev build",
       .group = kGroup,
       .summary = "Build everything, or some targets",
       .arguments = {{.name = "target", .summary = "CMake targets (all)", .many = true}},
       .flags = {{"--preset", "NAME", "Which build", "everyday|release|asan|tsan|fuzz"}},
       .examples = {{"./dev build", "The everyday build."},
                    {"./dev build --preset asan api_tests", "One target with sanitizers."}},
       .reply = {{"preset", "string", "The build"}, {"seconds", "integer", "How long it took"}},
       .exits = {Exit::interrupted},
       .docs = kDocs,
       .run = build},
      {.name = "dev bench",
       .group = kGroup,
       .summary = "Run a benchmark; the last line has figures and bars",
       .arguments = {{.name = "name",
                      .summary = "A script of tools/bench; without it they are listed",
                      .values = "benchmarks"}},
       .examples = {{"./dev bench", "The names."},
                    {"./dev bench console-start", "How fast the console starts."}},
       .reply = {{"benchmarks", "array", "Names"}, {"output", "string", "What the benchmark printed"}},
       .exits = {Exit::not_found},
       .docs = kDocs,
       .run = bench},
      {.name = "dev archive",
       .group = kGroup,
       .summary = "Make the release archive of the console",
       .details =
           "One static program with its man page, completions and licences, in var/release, with a checksum. "
           "libpq and libcurl are built from the distribution's sources first, once.",
       .flags = {{"--preset", "NAME", "Which build it is made of (release)", "everyday|release"}},
       .examples = {{"./dev archive", "Into var/release."},
                    {"./dev archive --preset everyday", "Faster to make, slower to run."}},
       .reply = {{"archive", "string", "Its path; its SHA-256 is beside it"},
                 {"output", "string", "What was printed"}},
       .docs = kDocs,
       .run = archive},
      {.name = "dev lint",
       .group = kGroup,
       .summary = "Run clang-tidy over the C++ sources",
       .arguments = {{.name = "file", .summary = "These files only", .many = true}},
       .examples = {{"./dev lint", "All of them; minutes."},
                    {"./dev lint packages/starter_console/src/main.cpp", "One file."}},
       .reply = {{"files", "integer", "How many"}, {"output", "string", "The findings"}},
       .exits = {Exit::check_failed, Exit::interrupted},
       .docs = kDocs,
       .run = lint},
      {.name = "dev format",
       .group = kGroup,
       .summary = "Format the C++ sources",
       .examples = {{"./dev format", "In place."}, {"./dev format --dry-run", "Show what would change."}},
       .reply = {{"files", "integer", "How many"},
                 {"dry_run", "boolean", "Nothing was changed"},
                 {"output", "string", "What clang-format said"}},
       .exits = {Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .run = format},
      {.name = "dev tools",
       .group = kGroup,
       .summary = "Show the tools of the build and their versions",
       .examples = {{"./dev tools", "One line each."}, {"./dev tools --json", "For a report."}},
       .reply = {{"tools", "array", "name, path, version"}},
       .exits = {Exit::check_failed},
       .docs = kDocs,
       .run = tools},
      {.name = "dev soak",
       .group = kGroup,
       .summary = "Run tests at their full counts, or watch the stack's memory",
       .details = "The tests are those whose names begin with an id of the reliability figures, and the "
                  "suites whose row in "
                  "tools/suites.yaml names it. \"stack\" asks the running stack for minutes.",
       .arguments = {{.name = "name", .summary = "An id (P1, A7), or stack; without it they are listed"}},
       .flags = {{"--minutes", "N", "How long the stack is asked (10), or the tests may take (240)"}},
       .examples = {{"./dev soak", "What there is."},
                    {"./dev soak P1", "Postgres killed as often as the figure says."},
                    {"./dev soak P9", "Every fuzzer for ten minutes of a core."},
                    {"./dev soak stack --minutes 60", "An hour of requests."}},
       .reply = {{"soaks", "array", "Without a name: name, tests, suites"},
                 {"passed", "integer", "Tests that passed"},
                 {"failed", "integer", "Tests, or requests to the stack, that failed"},
                 {"skipped", "integer", "Tests that did not run"},
                 {"requests", "integer", "How many the stack was asked"},
                 {"api_grown_kib", "integer", "Growth of the API"},
                 {"web_grown_kib", "integer", "Growth of the web application"}},
       .exits = {Exit::check_failed, Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .run = soak},
  };
}

}  // namespace starter::console
