#include "dev/builder.h"

#include <algorithm>

#include "system/files.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

constexpr auto kLongestBuild = 60min;

Failure build_failure(const std::string& title, const fs::path& log, const std::string& fix) {
  const auto text = tail_of(log, 2000);
  auto errors = first_errors(text);
  if (errors.empty()) errors = tail_of(log, 15);
  return {.code = "dev.build_failed",
          .what = title + " did not build.",
          .why = "The first errors in " + log.string() + ":\n" + errors,
          .fix = fix};
}

// Runs one step of a build with its output in a fresh log.
Outcome<> logged(const Workspace& workspace, const std::string& title, Launch launch,
                 const std::string& log_name, const std::string& fix) {
  CHECKED(make_folders(workspace.logs()));
  launch.log = workspace.log(log_name);
  CHECKED(write_file(launch.log, "", 0644));
  const auto ran = CHECKED(run_process(launch, kLongestBuild));
  if (interrupted() || ran.status == 128 + 2) return interrupt_failure();
  if (ran.status == 0) return {};
  CHECKED(
      expect_room(workspace.root(), 64, "a build"));  // on a full disk it fails with whatever it just wrote
  return build_failure(title, launch.log, fix);
}

std::string stamp(const Workspace& workspace, const std::string& name) {
  auto text = read_file(workspace.state() / "stamps" / name, 256);
  return text ? *text : std::string();
}

Outcome<> set_stamp(const Workspace& workspace, const std::string& name, const std::string& value) {
  return write_file(workspace.state() / "stamps" / name, value, 0644);
}

// A standalone build leaves its static files out.
Outcome<> copy_static_files(const fs::path& app, const fs::path& server) {
  std::error_code error;
  const auto copy = [&](const fs::path& from, const fs::path& to) {
    if (!fs::exists(from)) return;
    fs::remove_all(to, error);
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  };
  copy(app / ".next/static", server.parent_path() / ".next/static");
  copy(app / "public", server.parent_path() / "public");
  if (error) return file_failure("copy the static files to", server.parent_path(), error.value());
  return {};
}

}  // namespace

std::string first_errors(std::string_view log, std::size_t most) {
  std::string found;
  std::size_t count = 0;
  bool inside = false;
  while (!log.empty() && count < most) {
    const auto end = std::min(log.find('\n'), log.size());
    const auto line = log.substr(0, end);
    const bool names_error = line.find("error:") != line.npos || line.find("Error:") != line.npos ||
                             line.find("undefined symbol") != line.npos ||
                             line.find("FAILED:") != line.npos || line.starts_with("CMake Error");
    inside = names_error || (inside && (line.starts_with(' ') || line.starts_with('>')));
    if (inside) found += std::string(line) + "\n", ++count;
    log.remove_prefix(std::min(log.size(), end + 1));
  }
  if (!found.empty()) found.pop_back();
  return found;
}

Outcome<> build_targets(const Workspace& workspace, const Terminal& terminal, const std::string& preset,
                        const std::vector<std::string>& targets) {
  const auto folder = workspace.root() / "build" / preset;
  const std::string fix = "   # again, once the first error is mended";
  std::error_code error;
  if (!fs::exists(folder / "build.ninja", error)) {
    terminal.say("Configuring build/" + preset + " ...");
    CHECKED(logged(workspace, "build/" + preset,
                   {.argv = {"cmake", "--preset", preset}, .folder = workspace.root()}, "configure", fix));
  }
  Launch launch{.argv = {"cmake", "--build", folder.string()}, .folder = workspace.root()};
  for (const auto& target : targets) launch.argv.insert(launch.argv.end(), {"--target", target});
  return logged(workspace, targets.size() == 1 ? targets[0] : "The C++ code", launch, "build", fix);
}

Outcome<> install_node_modules(const Workspace& workspace, const Terminal& terminal, const fs::path& folder) {
  const auto name = folder.filename().string() + "-modules";
  const auto wanted = hash_files({folder / "package-lock.json", folder / "package.json"}, {});
  std::error_code error;
  if (stamp(workspace, name) == wanted && fs::exists(folder / "node_modules", error)) return {};
  terminal.say("Installing the packages of " + fs::relative(folder, workspace.root(), error).string() +
               " ...");
  CHECKED(logged(workspace, "npm ci", {.argv = {"npm", "ci", "--no-fund", "--no-audit"}, .folder = folder},
                 name, "   # again, once what those lines name is mended, and the npm registry reachable"));
  return set_stamp(workspace, name, wanted);
}

Outcome<fs::path> built_web_server(const Workspace& workspace) {
  const auto standalone = workspace.web_app() / ".next/standalone";
  std::error_code error;
  for (const auto& server : {standalone / "server.js", standalone / "apps/web-app/server.js"}) {
    if (fs::exists(server, error)) return server;
  }
  return Failure{.code = "dev.not_built",
                 .what = "The web application is not built.",
                 .why = "There is no server.js below " + standalone.string() + ".",
                 .fix = "./dev up",
                 .exit = Exit::not_found};
}

Outcome<fs::path> build_web(const Workspace& workspace, const Terminal& terminal) {
  const auto app = workspace.web_app();
  CHECKED(install_node_modules(workspace, terminal, app));
  const auto wanted = hash_files({app}, {"node_modules", ".next", "tests", "coverage", "test-results"});
  if (auto server = built_web_server(workspace); server && stamp(workspace, "web-build") == wanted)
    return *server;
  terminal.say("Building the web application ...");
  CHECKED(logged(workspace, "The web application",
                 {.argv = {"npm", "run", "build"},
                  .environment = {{"NEXT_TELEMETRY_DISABLED", "1"}, {"NODE_ENV", "production"}},
                  .folder = app},
                 "web-build", "   # again, once the first error is mended"));
  auto server = CHECKED(built_web_server(workspace));
  CHECKED(copy_static_files(app, server));
  CHECKED(give_to(CHECKED(workspace.run_as()), app / ".next/standalone"));
  // The build may write files of its own (next-env.d.ts): the stamp is of what stands there now.
  CHECKED(set_stamp(workspace, "web-build",
                    hash_files({app}, {"node_modules", ".next", "tests", "coverage", "test-results"})));
  return server;
}

}  // namespace starter::console::dev
