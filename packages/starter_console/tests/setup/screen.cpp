#include "tests/setup/screen.h"

#include <unistd.h>

#include <sstream>
#include <thread>

namespace starter::console::testing {

using namespace std::chrono_literals;

namespace {

std::string quoted(const std::string& word) {
  return "'" + word + "'";
}

// How lines are broken depends on the width; what is said doesn't.
std::string in_one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Screen::Screen(int width, int height, const std::vector<std::string>& words, const fs::path& folder,
               const std::string& environment)
    : socket_("starter-" + std::to_string(::getpid()) + "-" + random_secret(6)) {
  std::string line =
      "env -u CI -u NO_COLOR -u CLICOLOR_FORCE -u COLUMNS STARTER_ROOT= HOME=" + quoted(folder) + " " +
      quoted(environment) + " " + quoted(console_binary());
  for (const auto& word : words) line += " " + quoted(word);
  // What is on the screen stays until the test ends.
  line = "ulimit -c unlimited 2>/dev/null; " + line;
  line += "; echo \"exit status $?\"; exec sleep 120";
  tmux({"-f", "/dev/null", "new-session", "-d", "-x", std::to_string(width), "-y", std::to_string(height),
        "-c", folder.string(), line});
}

Screen::~Screen() {
  tmux({"kill-server"});
}

std::string Screen::tmux(std::vector<std::string> words) const {
  words.insert(words.begin(), {"tmux", "-L", socket_});
  const auto ran = run_process({.argv = words, .environment = {{"TMUX", ""}, {"LC_ALL", "C.UTF-8"}}}, 20s);
  return ran ? ran->output : "";
}

void Screen::type(const std::string& text) const {
  if (!text.empty()) type_part(text);
  press("Enter");
}

void Screen::type_part(const std::string& text) const {
  tmux({"send-keys", "-l", "--", text});
}

void Screen::press(const std::string& key) const {
  tmux({"send-keys", key});
}

std::string Screen::shown() const {
  return tmux({"capture-pane", "-p", "-J", "-S", "-"});
}

bool Screen::shows(const std::string& text) const {
  for (int i = 0; i < 400; ++i) {
    if (in_one_line(shown()).find(in_one_line(text)) != std::string::npos) return true;
    std::this_thread::sleep_for(50ms);
  }
  ADD_FAILURE() << "never shown: " << text << "\n" << shown();
  return false;
}

}  // namespace starter::console::testing
