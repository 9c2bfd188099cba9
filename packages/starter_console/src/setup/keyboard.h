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

  /// One line behind `prompt`, on a terminal of so many columns. Arrows, Home, End, Ctrl-A, E, B, F and
  /// Alt-B, F move; Backspace, Delete, Ctrl-W, U and K take out; what is pasted ends with Enter alone.
  /// Nothing after Ctrl-C, a signal, or Ctrl-D on an empty line.
  std::optional<std::string> line(std::string_view prompt, std::size_t columns, bool secret) const;

 private:
  termios before_{};
  bool changed_ = false, pastes_ = false;
};

}  // namespace starter::console::setup
