#include "dev/scripts.h"

#include <algorithm>
#include <thread>

#include "checks/kinds.h"
#include "frame/reference.h"
#include "system/files.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

fs::path folder_of(const Workspace& workspace, const std::string& kind) {
  return workspace.root() / "tools" / kind;
}

ScriptResult run_script(const Workspace& workspace, const std::string& kind, const std::string& name) {
  const auto begin = std::chrono::steady_clock::now();
  const auto ran = run_process({.argv = {"bash", (folder_of(workspace, kind) / (name + ".sh")).string()},
                                // root works in a clone that belongs to somebody else
                                .environment = {{"GIT_CONFIG_COUNT", "1"},
                                                {"GIT_CONFIG_KEY_0", "safe.directory"},
                                                {"GIT_CONFIG_VALUE_0", "*"}},
                                .folder = workspace.root(),
                                .contained = true},
                               20min);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!ran) return {name, false, ran.error().what + " " + ran.error().why, took.count()};
  return {name, ran->status == 0, ran->output, took.count()};
}

}  // namespace

std::vector<std::string> script_names(const Workspace& workspace, const std::string& kind) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_of(workspace, kind), error)) {
    if (entry.path().extension() == ".sh") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<ScriptResult> run_scripts(const Workspace& workspace, const std::string& kind,
                                      const std::vector<std::string>& names) {
  std::vector<ScriptResult> results(names.size());
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < names.size(); ++i) {
      running.emplace_back([&, i] { results[i] = run_script(workspace, kind, names[i]); });
    }
  }
  return results;
}

Outcome<std::vector<std::string>> render_reference(const Workspace& workspace, bool check) {
  const auto folder = workspace.root() / "packages/starter_console/reference";
  const auto files = reference_files();
  std::vector<std::string> differing;
  for (const auto& [name, text] : files) {
    const auto present = read_file(folder / name);
    if (present && *present == text) continue;
    differing.push_back("packages/starter_console/reference/" + name);
    if (!check) CHECKED(write_file(folder / name, text, 0644));
  }
  const std::string page = "docs/ops/doctor.md";
  if (const auto present = read_file(workspace.root() / page);
      !present || *present != checks::doctor_page()) {
    differing.push_back(page);
    if (!check) CHECKED(write_file(workspace.root() / page, checks::doctor_page(), 0644));
  }
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    const auto name = fs::relative(entry.path(), folder, error).string();
    if (!entry.is_regular_file() || files.contains(name)) continue;
    differing.push_back("packages/starter_console/reference/" + name);
    if (!check) fs::remove(entry.path(), error);
  }
  return differing;
}

}  // namespace starter::console::dev
