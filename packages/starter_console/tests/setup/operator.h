// An operator with the console alone: a folder, no clone, no terminal.
#pragma once

#include "tests/support.h"

namespace starter::console::testing {

class Operator {
 public:
  /// Is in every secret that answers() gives.
  static constexpr const char* kSecret = "canary-4f9a1c7e/+=";

  Ran run(const std::vector<std::string>& words, std::map<std::string, std::string> more = {}) const {
    more.insert({{"STARTER_ROOT", ""}, {"HOME", folder_.path().string()}});
    return run_console(words, more, folder_.path());
  }
  const fs::path& folder() const { return folder_.path(); }
  /// Names and contents of all files but the console's own log and lock.
  std::string files() const { return hash_files({folder_.path()}, {"log", "lock"}); }
  void put(const fs::path& below, std::string_view text, mode_t mode = 0644) const {
    folder_.put(below, text, mode);
  }
  std::string read(const fs::path& below) const {
    const auto text = read_file(folder_ / below);
    return text ? *text : "";
  }

  /// A file that answers every question of this profile and preset; outside the folder.
  std::string answers(const std::string& profile, const std::string& preset) const;

 private:
  TemporaryFolder folder_, elsewhere_;
};

}  // namespace starter::console::testing
