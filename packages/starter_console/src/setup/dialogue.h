// The set-up in a terminal: section by section, one question at a time. Enter takes what is suggested, ?
// tells more, < goes back, Ctrl-C keeps what was answered.
#pragma once

#include <functional>

#include "frame/terminal.h"
#include "setup/interview.h"
#include "setup/keyboard.h"

namespace starter::console::setup {

class Dialogue {
 public:
  /// `plain`: no colour and no bar, for screen readers and logs. `keep` is called after each answer.
  Dialogue(const Terminal& terminal, bool plain, std::function<Outcome<>(const Interview&)> keep);

  /// One of several, by its number or its name; Enter takes the suggestion when there is one.
  Outcome<std::string> choose(const std::string& ask, const std::vector<std::string>& choices,
                              const std::vector<std::string>& meanings, const std::string& suggestion);

  /// One line, or what is suggested on Enter; empty when nothing is. A secret is not shown.
  Outcome<std::string> line(const std::string& ask, const std::string& suggestion, bool secret);

  /// Asks until nothing is open.
  Outcome<Interview> run(Interview interview);

  /// Everything that is settled, secrets hidden, and what would be written.
  void summary(const Interview& interview, const std::vector<std::string>& files) const;

  /// True for yes, false for a step back. What is not allowed can't be answered with yes.
  Outcome<bool> confirm(const std::string& ask, bool allowed);

  /// Takes back the last answer, so that run() asks it again; false when there is none.
  bool step_back(Interview& interview);

 private:
  void head(const Interview& interview, const Question& question);
  void show(const Question& question) const;
  void help(const Question& question) const;
  void lines(std::string_view text, std::size_t indent = 0, Tone tone = Tone::plain) const;
  Outcome<std::string> read(bool secret) const;
  Outcome<> ask(Interview& interview, Question question);

  const Terminal& terminal_;
  bool plain_;
  std::size_t width_;
  std::function<Outcome<>(const Interview&)> keep_;
  mutable std::unique_ptr<Keyboard> keyboard_;  // from the first question on
  std::string section_;
  std::vector<std::string> asked_;
  std::map<std::string, std::string> before_;  // what a question was answered with before it was taken back
};

}  // namespace starter::console::setup
