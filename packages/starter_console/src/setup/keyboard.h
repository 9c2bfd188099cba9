// The keyboard of a dialogue. As long as one lives, the terminal shows nothing by itself: what is typed ahead
// may be a secret, so each line is echoed here, as it is or as asterisks.
#pragma once

#include <termios.h>

#include <optional>
#include <string>

namespace starter::console::setup {

class Keyboard {
 public:
  Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;
  ~Keyboard();

  /// One line, edited with backspace and Ctrl-U. Nothing after Ctrl-C, a signal, or Ctrl-D on an empty line.
  std::optional<std::string> line(bool secret) const;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace starter::console::setup
