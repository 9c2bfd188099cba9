#include "dev/watch.h"

#include <csignal>
#include <thread>

#include "dev/builder.h"
#include "dev/logs.h"
#include "system/files.h"
#include "system/http.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

constexpr auto kLookEvery = 200ms;

// The API that is served under watch is a copy, so that the linker can replace the built one at any time.
fs::path served_binary(const Stack& stack) {
  return stack.workspace.state() / "watch/starter-api";
}

Outcome<> copy_binary(const fs::path& from, const fs::path& to) {
  CHECKED(make_folders(to.parent_path()));
  std::error_code error;
  fs::remove(to, error);
  fs::copy_file(from, to, error);
  if (error) return file_failure("copy", to, error.value());
  return {};
}

Part watched_api(const Stack& stack, const fs::path& binary) {
  auto part = api_part(stack);
  part.launch.argv[0] = binary.string();
  part.patience = 15s;
  return part;
}

Part next_dev(const Stack& stack) {
  auto part = web_part(stack, stack.workspace.web_app() / "node_modules/next/dist/bin/next");
  part.launch.argv.insert(part.launch.argv.end(),
                          {"dev", "--port", std::to_string(stack.ports.web()), "--hostname", "127.0.0.1"});
  part.launch.environment["NODE_ENV"] = "development";
  part.launch.folder = stack.workspace.web_app();
  part.launch.as.reset();  // it writes below apps/web-app, which belongs to whoever runs ./dev
  part.patience = 90s;
  return part;
}

// Builds, then swaps; every way out leaves an API serving.
Outcome<> swap_api(const Stack& stack, Supervisor& supervisor) {
  const auto begin = std::chrono::steady_clock::now();
  CHECKED(build_targets(stack.workspace, stack.terminal, "everyday", {"starter-api"}));
  const auto served = served_binary(stack);
  const fs::path before = served.string() + ".before";
  std::error_code error;
  if (fs::exists(served, error)) fs::rename(served, before, error);
  CHECKED(copy_binary(stack.workspace.api_binary(), served));
  CHECKED(run_api(stack, {"migrate"}));
  auto swapped = supervisor.ensure(watched_api(stack, served));
  if (swapped) {
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    stack.terminal.say(stack.terminal.paint_talk(Tone::good, "API serves again") + " after " +
                       std::to_string(took.count()) + " ms");
    return {};
  }
  if (fs::exists(before, error)) CHECKED(supervisor.ensure(watched_api(stack, before)));
  return swapped;
}

void report(const Terminal& terminal, const Failure& failure, std::string_view goes_on) {
  terminal.say(failure_text(terminal, failure));
  terminal.say(goes_on);
}

void watch_api(const Stack& stack, Supervisor& supervisor) {
  const std::vector<fs::path> folders{stack.workspace.root() / "apps/api-service",
                                      stack.workspace.root() / "packages"};
  auto seen = mark_sources(folders);
  while (!interrupted()) {
    std::this_thread::sleep_for(kLookEvery);
    const auto now = mark_sources(folders);
    if (now == seen) continue;
    seen = now;
    stack.terminal.say("Sources changed: building ...");
    if (auto swapped = swap_api(stack, supervisor); !swapped && !interrupted()) {
      report(stack.terminal, swapped.error(), "The API from before serves on.");
    }
  }
}

}  // namespace

SourceMark mark_sources(const std::vector<fs::path>& folders) {
  SourceMark mark;
  std::error_code error;
  for (const auto& folder : folders) {
    auto entries =
        fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
      const auto extension = entries->path().extension();
      if (extension != ".cpp" && extension != ".h" && extension != ".sql" && extension != ".txt") continue;
      const auto time = fs::last_write_time(entries->path(), error);
      ++mark.files;
      if (!error && time > mark.newest) mark.newest = time;
    }
  }
  return mark;
}

Outcome<> watch(const Stack& stack, const WatchChoices& choices) {
  watch_interrupts();
  Supervisor supervisor(stack.workspace, stack.terminal);
  std::vector<std::string> parts;
  if (choices.api) parts.emplace_back("api");
  if (choices.web) {
    CHECKED(supervisor.ensure(next_dev(stack)));
    parts.emplace_back("web");
  }
  stack.terminal.say("Watching; Ctrl-C ends it and leaves the stack running.");
  std::thread logs([&] {
    follow_logs(stack.workspace, parts, [&](const std::string& part, const std::string& line) {
      stack.terminal.print(part + "  " + line);
      return true;
    });
  });
  if (choices.api) watch_api(stack, supervisor);
  logs.join();
  if (choices.web) static_cast<void>(CHECKED(supervisor.stop("web")));
  stack.terminal.say("Next: ./dev up   # brings the production web application back");
  return {};
}

}  // namespace starter::console::dev
