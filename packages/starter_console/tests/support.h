// What the console's tests share: temporary folders, the built binary, and fixture clones.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "system/files.h"
#include "system/ports.h"
#include "system/process.h"

namespace starter::console::testing {

namespace fs = std::filesystem;

/// A folder that is gone at the end of the test. Others may enter it: services run as another user.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "console-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    fs::permissions(path_, fs::perms{0755});
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& below) const { return path_ / below; }

  /// Writes a file below the folder.
  void put(const fs::path& below, std::string_view text, mode_t mode = 0644) const {
    ASSERT_TRUE(write_file(path_ / below, text, mode).has_value());
  }

 private:
  fs::path path_;
};

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

/// Whether a line that is offered for pasting begins with a program, and not with prose.
bool begins_with_a_program(std::string_view line);

/// The console under test: the built one, or the one that STARTER_CONSOLE names.
std::string console_binary();

/// Runs the console under test with stdout and stderr apart and no terminal.
Ran run_console(const std::vector<std::string>& words,
                const std::map<std::string, std::string>& environment = {}, const fs::path& folder = {});

/// A clone whose services are small programs: `starter-api`, the web server and the mail catcher of
/// tests/fixtures. Its stack is stopped in the end.
class FixtureClone {
 public:
  FixtureClone();
  FixtureClone(const FixtureClone&) = delete;
  FixtureClone& operator=(const FixtureClone&) = delete;
  ~FixtureClone();

  Ran dev(std::vector<std::string> words) const;
  const fs::path& root() const { return folder_.path(); }
  int base() const { return base_; }
  /// The lines that the fixture's API wrote: its sub-commands in order.
  std::string calls() const;

 private:
  TemporaryFolder folder_;
  int base_;
};

}  // namespace starter::console::testing
