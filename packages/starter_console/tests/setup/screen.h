// A terminal of its own for a program: tmux types into it and tells what it shows.
#pragma once

#include "tests/support.h"

namespace starter::console::testing {

class Screen {
 public:
  /// Runs the console with these words in `folder`; `environment` is one assignment, such as ACCESSIBLE=1.
  Screen(int width, int height, const std::vector<std::string>& words, const fs::path& folder,
         const std::string& environment = "ACCESSIBLE=");
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen();

  void type(const std::string& text) const;  // and Enter
  void type_part(const std::string& text) const;
  void press(const std::string& key) const;  // "C-c", "BSpace"
  /// Everything from the first line on; lines that the terminal broke are one again.
  std::string shown() const;
  /// Waits until it is shown, however it is broken into lines.
  bool shows(const std::string& text) const;

 private:
  std::string tmux(std::vector<std::string> words) const;
  std::string socket_;
};

}  // namespace starter::console::testing
