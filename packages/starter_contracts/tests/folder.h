// A folder that is gone after the test, and a command run in it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace starter::contracts::testing {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/starter-contracts-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path path;
};

/// What it printed, both streams; "failed: " before it when its status isn't 0.
inline std::string run(const std::string& command) {
  std::string out;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, got);
  return pclose(pipe) == 0 ? out : "failed: " + out;
}

inline bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

/// Terraform that asks nobody for news and reads no configuration of the person.
inline std::string terraform(const std::filesystem::path& folder, const std::string& arguments) {
  return run("cd " + folder.string() +
             " && CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null TF_IN_AUTOMATION=1 terraform " +
             arguments);
}

}  // namespace starter::contracts::testing
