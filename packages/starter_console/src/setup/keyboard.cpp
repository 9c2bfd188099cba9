#include "setup/keyboard.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "system/process.h"

namespace starter::console::setup {

namespace {

constexpr char kCtrlD = 4, kBackspace = 8, kCtrlU = 21, kEscape = 27, kDelete = 127;

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

// Arrow and function keys: ESC, [ or O, and all up to a letter or ~.
void skip_key() {
  auto byte = next_byte();
  if (!byte || (*byte != '[' && *byte != 'O')) return;
  do byte = next_byte();
  while (byte && (*byte < '@' || *byte > '~'));
}

bool is_inside_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

void erase_character(std::string& text) {
  while (!text.empty() && is_inside_character(text.back())) text.pop_back();
  if (!text.empty()) text.pop_back(), echo("\b \b");
}

void edit(std::string& text, char byte, bool secret) {
  if (byte == kBackspace || byte == kDelete) return erase_character(text);
  if (byte == kEscape) return skip_key();
  if (byte == kCtrlU) {
    while (!text.empty()) erase_character(text);
  } else if (static_cast<unsigned char>(byte) >= ' ') {
    text += byte;
    if (!secret)
      echo(std::string_view(&byte, 1));
    else if (!is_inside_character(byte))
      echo("*");
  }
}

}  // namespace

Keyboard::Keyboard() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  changed_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0;
}

Keyboard::~Keyboard() {
  if (changed_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

std::optional<std::string> Keyboard::line(bool secret) const {
  std::string text;
  while (const auto byte = next_byte()) {
    if (*byte == kCtrlD && text.empty()) break;
    if (*byte != '\n' && *byte != '\r') {
      edit(text, *byte, secret);
      continue;
    }
    echo("\n");
    return text;
  }
  echo("\n");
  return std::nullopt;
}

}  // namespace starter::console::setup
