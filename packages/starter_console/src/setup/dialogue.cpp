#include "setup/dialogue.h"

#include <algorithm>
#include <cstdio>

#include "frame/help.h"
#include "setup/answers_file.h"

namespace starter::console::setup {

namespace {

Failure stopped(bool answered, const std::string& how = "Ctrl-C or the end of the input ended the set-up") {
  return {.code = "interrupted",
          .what = "Stopped.",
          .why = how + (answered ? "; every answer so far is kept." : "; nothing is kept."),
          .fix = answered ? "starter-console setup wizard --resume" : "",
          .exit = Exit::interrupted,
          .docs = "docs/ops/setup-wizard-presets.md"};
}

void write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::string_view(" \t\r").find(text.back()) != std::string_view::npos)
    text.pop_back();
  const auto first = text.find_first_not_of(" \t");
  return first == text.npos ? "" : text.substr(first);
}

// "2" or "staging"; empty when it is neither.
std::string chosen(const std::string& typed, const std::vector<std::string>& choices) {
  if (std::ranges::find(choices, typed) != choices.end()) return typed;
  if (typed.size() > 2 || typed.empty() ||
      !std::ranges::all_of(typed, [](char c) { return c >= '0' && c <= '9'; }))
    return "";
  const auto number = std::stoul(typed);
  return number >= 1 && number <= choices.size() ? choices[number - 1] : "";
}

}  // namespace

Dialogue::Dialogue(const Terminal& terminal, bool plain, std::function<Outcome<>(const Interview&)> keep)
    : terminal_(terminal),
      plain_(plain),
      width_(help_width()),
      keep_(std::move(keep)) {}

void Dialogue::lines(std::string_view text, std::size_t indent, Tone tone) const {
  const auto wrapped = std::string(indent, ' ') + wrap(text, width_, indent);
  write((plain_ || tone == Tone::plain ? wrapped : terminal_.paint_talk(tone, wrapped)) + "\n");
}

Outcome<std::string> Dialogue::read(bool secret) const {
  if (!keyboard_) keyboard_ = std::make_unique<Keyboard>();
  auto typed = keyboard_->line("> ", width_, secret);
  if (!typed) return stopped(!asked_.empty());
  return secret ? std::move(*typed) : trimmed(std::move(*typed));
}

Outcome<std::string> Dialogue::choose(const std::string& ask, const std::vector<std::string>& choices,
                                      const std::vector<std::string>& meanings,
                                      const std::string& suggestion) {
  lines("");
  lines(ask, 0, Tone::bold);
  for (std::size_t i = 0; i < choices.size(); ++i)
    lines(std::to_string(i + 1) + "  " + choices[i] + (i < meanings.size() ? ": " + meanings[i] : ""), 2);
  while (true) {
    if (!suggestion.empty()) lines("Enter takes " + suggestion + ".");
    const auto typed = CHECKED(read(false));
    if (typed.empty() && !suggestion.empty()) return suggestion;
    if (auto found = chosen(typed, choices); !found.empty()) return found;
    lines("Type a number from 1 to " + std::to_string(choices.size()) + ", or a name.", 0, Tone::bad);
  }
}

Outcome<std::string> Dialogue::line(const std::string& ask, const std::string& suggestion, bool secret) {
  lines("");
  lines(ask + (secret ? " (not shown)" : ""), 0, Tone::bold);
  if (!suggestion.empty())
    lines(secret ? "Enter keeps the present one." : "Enter takes " + suggestion + ".", 2);
  auto typed = CHECKED(read(secret));
  return typed.empty() ? suggestion : typed;
}

void Dialogue::head(const Interview& interview, const Question& question) {
  const auto all = interview.questions();
  const auto found = std::ranges::find(all, question.name, &Question::name);
  const auto number = static_cast<std::size_t>(found - all.begin()) + 1;
  if (section_ != question.section) {
    section_ = question.section;
    std::string about = "What is deployed";
    for (const auto& [group, says] : interview.contract().groups)
      if (group == section_) about = says;
    lines("");
    lines(section_, 0, Tone::bold);
    lines(about);
  }
  lines("");
  std::string progress = std::to_string(number) + " of " + std::to_string(all.size());
  if (!plain_) {
    constexpr std::size_t kBar = 20;
    const auto full = kBar * (number - 1) / std::max<std::size_t>(all.size(), 1);
    progress = "[" + std::string(full, '#') + std::string(kBar - full, '.') + "] " + progress;
  }
  lines(progress, 0, Tone::faint);
}

void Dialogue::show(const Question& question) const {
  lines(question.name + (question.secret ? " (secret, not shown)" : ""), 0, Tone::bold);
  lines(question.ask + (question.ask.ends_with('?') ? "" : "."), 2);
  if (!question.choices.empty()) {
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      lines(std::to_string(i + 1) + "  " + question.choices[i], 2);
  } else if (!question.takes.empty() && question.takes != "string") {
    lines("It takes " + question.takes + ".", 2);
  }
  if (!question.example.empty()) lines("Such as " + question.example, 2);
  lines((question.suggestion.empty() ? "" : "Enter: " + question.suggestion + "   ") + "?: help   <: back", 2,
        Tone::faint);
}

void Dialogue::help(const Question& question) const {
  lines(question.because.empty() ? "It may stay as it is suggested."
                                 : "It is asked because " + question.because + ".",
        2);
  if (!question.takes.empty()) lines("It takes " + question.takes + ".", 2);
  if (question.secret)
    lines(
        "It is kept in files that only their owner can read, and never shown. To leave it in a file of its "
        "own "
        "begin again with --var " +
            question.name + "_FILE=PATH.",
        2);
  lines("More: starter-console contract show " + question.name, 2);
}

bool Dialogue::step_back(Interview& interview) {
  if (asked_.empty()) return false;
  const auto name = asked_.back();
  asked_.pop_back();
  if (const auto answer = interview.answers().find(name); answer != interview.answers().end())
    before_[name] = answer->second.value;
  interview.take_back(name);
  return true;
}

Outcome<> Dialogue::ask(Interview& interview, Question question) {
  head(interview, question);
  const auto earlier = before_.find(question.name);
  const bool again = earlier != before_.end() && !question.secret;
  if (again) question.suggestion = earlier->second;
  show(question);
  while (true) {
    auto typed = CHECKED(read(question.secret));
    if (typed == "?") {
      help(question);
      continue;
    }
    if (typed == "<") {
      if (step_back(interview)) return {};
      lines("This is the first question.", 2);
      continue;
    }
    const bool suggested = typed.empty();
    if (suggested) typed = question.suggestion;
    if (typed.empty()) {
      lines("It needs an answer; ? tells why.", 2, Tone::warn);
      continue;
    }
    if (!question.choices.empty())
      if (auto found = chosen(typed, question.choices); !found.empty()) typed = found;
    if (const auto problem = interview.objection(question.name, typed)) {
      lines(problem->what, 2, Tone::bad);
      lines(problem->fix, 2);
      continue;
    }
    interview.take(question.name, {typed, suggested && !again ? Origin::suggested : Origin::typed});
    asked_.push_back(question.name);
    return keep_(interview);
  }
}

Outcome<Interview> Dialogue::run(Interview interview) {
  while (auto question = interview.next()) CHECKED(ask(interview, std::move(*question)));
  return interview;
}

void Dialogue::summary(const Interview& interview, const std::vector<std::string>& files) const {
  lines("");
  lines("summary", 0, Tone::bold);
  for (const auto& [name, answer] : interview.settled())
    lines(name + "=" + (is_secret(interview.contract(), name) ? "******" : answer.value) + "  (" +
              std::string(name_of(answer.origin)) + ")",
          2);
  for (const auto& one : interview.objections()) lines(one.what + " " + one.fix, 2, Tone::bad);
  if (files.empty()) return;
  lines("These files change:");
  for (const auto& file : files) lines(file, 2);
}

Outcome<bool> Dialogue::confirm(const std::string& ask, bool allowed) {
  while (true) {
    lines("");
    lines(ask, 0, Tone::bold);
    lines(std::string(allowed ? "Enter: yes   " : "") + "<: back   n: not now", 2);
    const auto typed = CHECKED(read(false));
    if (allowed && (typed.empty() || typed == "y" || typed == "yes")) return true;
    if (typed == "<" && !asked_.empty()) return false;
    if (typed == "n" || typed == "no") return stopped(!asked_.empty(), "You wanted nothing written");
    lines(typed == "<" ? "Nothing was asked, so there is nothing to go back to."
          : allowed    ? "Type y to write them, n to end here, or < to change an answer."
                       : "Type < to change an answer, or n to end here.",
          2, Tone::bad);
  }
}

}  // namespace starter::console::setup
