#include "setup/keyboard.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "setup/line.h"
#include "system/process.h"

namespace starter::console::setup {

namespace {

constexpr char kCtrlD = 4, kEscape = 27;

// What comes from the clipboard is marked, so that a line end in it doesn't answer the question.
constexpr std::string_view kMarkPastes = "\033[?2004h", kMarkNone = "\033[?2004l";

using Edit = std::function<void(Line&)>;

Edit go(Move move) {
  return [move](Line& line) { line.go(move); };
}

Edit cut(Cut what) {
  return [what](Line& line) { line.cut(what); };
}

void echo(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

// The next byte; nothing at the end of the input or after Ctrl-C.
std::optional<char> next_byte() {
  while (!interrupted()) {
    pollfd keyboard{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&keyboard, 1, 100) <= 0) continue;
    char byte = 0;
    const auto got = ::read(STDIN_FILENO, &byte, 1);
    if (got == 1) return byte;
    if (got == 0 || errno != EINTR) return std::nullopt;
  }
  return std::nullopt;
}

// Whether more is there already: half a character, or what a script types, is not drawn byte by byte.
bool is_more_there() {
  pollfd keyboard{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&keyboard, 1, 0) > 0;
}

Edit of_control(char byte) {
  switch (byte) {
    case 1:  // Ctrl-A
      return go(Move::home);
    case 2:  // Ctrl-B
      return go(Move::left);
    case kCtrlD:
      return cut(Cut::after);
    case 5:  // Ctrl-E
      return go(Move::end);
    case 6:  // Ctrl-F
      return go(Move::right);
    case 8:    // Ctrl-H
    case 127:  // Backspace
      return cut(Cut::before);
    case 11:  // Ctrl-K
      return cut(Cut::to_end);
    case 21:  // Ctrl-U
      return cut(Cut::to_home);
    case 23:  // Ctrl-W
      return cut(Cut::word);
    default:
      return {};
  }
}

// What stands between ESC [ and the last byte, and that byte: "3~", "1;5C".
Edit of_sequence(std::string_view keys) {
  const bool word = keys.ends_with(";5C") || keys.ends_with(";5D") || keys.ends_with(";3C") ||
                    keys.ends_with(";3D");  // with Ctrl or Alt
  switch (keys.back()) {
    case 'C':
      return go(word ? Move::word_right : Move::right);
    case 'D':
      return go(word ? Move::word_left : Move::left);
    case 'H':
      return go(Move::home);
    case 'F':
      return go(Move::end);
    default:
      break;
  }
  if (keys == "1~" || keys == "7~") return go(Move::home);
  if (keys == "4~" || keys == "8~") return go(Move::end);
  if (keys == "3~") return cut(Cut::after);
  return {};
}

// Up to the mark of its end. The line ends at the end of what is pasted are dropped, others are blanks.
void paste(Line& line) {
  constexpr std::string_view kEnd = "\033[201~";
  std::string text;
  while (!text.ends_with(kEnd)) {
    const auto byte = next_byte();
    if (!byte) return;
    text += *byte;
  }
  text.resize(text.size() - kEnd.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  for (const char byte : text) {
    if (byte == '\n' || byte == '\r' || byte == '\t')
      line.type(' ');
    else if (static_cast<unsigned char>(byte) >= ' ' && byte != 127)
      line.type(byte);
  }
}

// After ESC: an arrow, a function key, Alt with a letter, or something pasted.
void escape(Line& line) {
  const auto first = next_byte();
  if (!first) return;
  if (*first == 'b') return line.go(Move::word_left);
  if (*first == 'f') return line.go(Move::word_right);
  if (*first == 127) return line.cut(Cut::word);
  if (*first != '[' && *first != 'O') return;
  std::string keys;
  do {
    const auto byte = next_byte();
    if (!byte) return;
    keys += *byte;
  } while (keys.back() < '@' || keys.back() > '~');
  if (keys == "200~") return paste(line);
  if (const auto edit = of_sequence(keys)) edit(line);
}

void apply(Line& line, char byte) {
  if (byte == kEscape) return escape(line);
  const auto value = static_cast<unsigned char>(byte);
  if (value >= ' ' && value != 127) return line.type(byte);
  if (const auto edit = of_control(byte)) edit(line);
}

// Again from the beginning of the row, without anything that a simple terminal doesn't know.
void draw(std::string_view prompt, const Line::View& view, std::size_t& drawn) {
  std::string row = "\r" + std::string(prompt) + view.text;
  auto at = view.columns;
  if (drawn > at) row += std::string(drawn - at, ' '), at = drawn;
  row += std::string(at - view.cursor, '\b');
  drawn = view.columns;
  echo(row);
}

}  // namespace

Keyboard::Keyboard() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  changed_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0;
  const char* const terminal = std::getenv("TERM");
  pastes_ = changed_ && terminal != nullptr && *terminal != '\0' && std::string_view(terminal) != "dumb";
  if (pastes_) echo(kMarkPastes);
}

Keyboard::~Keyboard() {
  if (pastes_) echo(kMarkNone);
  if (changed_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

std::optional<std::string> Keyboard::line(std::string_view prompt, std::size_t columns, bool secret) const {
  Line line;
  // One column stays free: a cursor behind the last one is in the next row.
  const auto room = columns - std::min(columns, prompt.size() + 1);
  std::size_t drawn = 0;
  echo(prompt);
  while (const auto byte = next_byte()) {
    if (*byte == kCtrlD && line.empty()) break;
    if (*byte == '\n' || *byte == '\r') {
      // Now it may be as many rows as it needs.
      line.go(Move::home);
      draw(prompt, line.view(room, secret), drawn);
      const auto text = line.text();
      echo("\r" + std::string(prompt) + line.view(text.size() + 1, secret).text + "\n");
      return text;
    }
    apply(line, *byte);
    if (!is_more_there()) draw(prompt, line.view(room, secret), drawn);
  }
  echo("\n");
  return std::nullopt;
}

}  // namespace starter::console::setup
