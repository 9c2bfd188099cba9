// Turns words into an Invocation with CLI11 underneath. Only the flags of the one command that was named are
// built: start-up time does not grow with the table.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <numeric>

#include "frame/invocation.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"

namespace starter::console {

namespace {

struct Slot {
  std::string key;
  CLI::Option* option;
};

Failure usage(const Command& command, std::string code, std::string what, std::string why) {
  return {.code = std::move(code),
          .what = std::move(what),
          .why = std::move(why),
          .fix = typed_name(command) + " --help",
          .exit = Exit::usage};
}

std::string long_form(std::string_view name) {
  return std::string(name.substr(name.find("--")));
}

void add_flags(CLI::App& app, const std::vector<Flag>& flags, std::vector<Slot>& slots) {
  for (const auto& flag : flags) {
    const std::string name(flag.name);
    auto* option = flag.value.empty() ? app.add_flag(name) : app.add_option(name);
    if (flag.required) option->required();
    if (flag.many) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    slots.push_back({long_form(flag.name), option});
  }
}

void add_arguments(CLI::App& app, const std::vector<Argument>& arguments, std::vector<Slot>& slots) {
  for (const auto& argument : arguments) {
    auto* option = app.add_option(std::string(argument.name));
    if (argument.many) option->expected(1, 1000)->allow_extra_args();
    if (argument.required) option->required();
    slots.push_back({std::string(argument.name), option});
  }
}

template <class Described>
Outcome<> check_choices(const Command& command, const std::vector<Described>& described,
                        const std::map<std::string, std::vector<std::string>>& values) {
  for (const auto& one : described) {
    if (one.choices.empty()) continue;
    const auto dashes = one.name.find("--");
    const auto found =
        values.find(std::string(dashes == std::string_view::npos ? one.name : one.name.substr(dashes)));
    if (found == values.end()) continue;
    const auto choices = items_of(one.choices, '|');
    for (const auto& value : found->second) {
      if (std::ranges::find(choices, value) != choices.end()) continue;
      const auto near = nearest(value, choices);
      return usage(command, "usage.value", "\"" + value + "\" is no value of " + found->first + ".",
                   "It takes one of: " + std::string(one.choices) +
                       (near.empty() ? "." : ". Did you mean " + near + "?"));
    }
  }
  return {};
}

std::string unknown_flag(const Command& command, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& flags : {flags_of(command), common_flags()}) {
    for (const auto& flag : flags) names.push_back(long_form(flag.name));
  }
  const auto near = nearest(word, names);
  return near.empty() ? "The command has no such flag or argument." : "The nearest one is " + near + ".";
}

// What stands behind -- is taken as it is, for the argument that takes the rest of the line: CLI11 would look
// into it. It gets one word in its place.
std::vector<std::string> take_rest(const Command& command, std::vector<std::string>& words) {
  const auto dashes = std::ranges::find(words, "--");
  const bool takes = !command.arguments.empty() && command.arguments.back().many;
  if (!takes || dashes == words.end() || dashes + 1 == words.end()) return {};
  std::vector<std::string> rest(dashes + 1, words.end());
  words.erase(dashes, words.end());
  words.emplace_back("rest");
  return rest;
}

// Whether the flag's values are NAME=VALUE, one of each name.
bool assigns(const Command& command, std::string_view flag) {
  return std::ranges::any_of(command.flags, [&](const Flag& one) {
    return long_form(one.name) == flag && one.value == "NAME=VALUE";
  });
}

bool is_secret_assignment(const std::string& text) {
  const auto name = text.substr(0, text.find('='));
  const auto* const variable = contracts::built_in().variable(name);
  const auto* const input = contracts::built_in().input(name);
  const bool known = variable != nullptr || input != nullptr;
  return (variable != nullptr && variable->secret) || (input != nullptr && input->secret) ||
         (!known && names_a_secret(name)) || holds_a_password(text);
}

}  // namespace

Outcome<long> Invocation::number(std::string_view name, long fallback, long least, long most) const {
  if (!has(name)) return fallback;
  const auto text = get(name);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  return bad_value(name,
                   "takes a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Failure Invocation::bad_value(std::string_view name, const std::string& why) const {
  return usage(*command_, "usage.value", "\"" + get(name) + "\" is no value of " + std::string(name) + ".",
               "It " + why + ".");
}

Invocation Invocation::with(std::string_view name, std::string value) const {
  auto other = *this;
  auto& values = other.values_[std::string(name)];
  const auto same = [&, subject = value.substr(0, value.find('='))](const std::string& one) {
    return !assigns(*command_, name) || one.substr(0, one.find('=')) == subject;
  };
  std::erase_if(values, same);
  values.push_back(std::move(value));
  return other;
}

Invocation Invocation::without(std::string_view name) const {
  auto other = *this;
  other.values_.erase(std::string(name));
  return other;
}

std::string Invocation::typed() const {
  std::string text = typed_name(*command_), rest;
  for (const auto& argument : command_->arguments) {
    const auto words = all(argument.name);
    // Another program's flags stand behind --.
    const bool is_rest =
        argument.many && std::ranges::any_of(words, [](const auto& word) { return word.starts_with('-'); });
    for (const auto& word : words) (is_rest ? rest : text) += " " + pasted(word);
  }
  for (const auto& flags : {flags_of(*command_), common_flags()})
    for (const auto& flag : flags) {
      const auto name = long_form(flag.name);
      for (const auto& value : all(name)) {
        if (flag.value == "NAME=VALUE" && is_secret_assignment(value)) continue;
        text += " " + name + (flag.value.empty() ? "" : " " + pasted(value));
      }
    }
  return text + (rest.empty() ? "" : " --" + rest);
}

std::string Invocation::line() const {
  std::string text(command_->name);
  for (const auto& [name, values] : values_) {
    const bool told_by_name = assigns(*command_, name);
    for (const auto& value : values)
      text += " " + name + "=" + (told_by_name ? value.substr(0, value.find('=')) : value);
  }
  return text;
}

Outcome<Invocation> parse(const Command& command, const std::vector<std::string>& typed) {
  auto words = typed;
  const auto rest = take_rest(command, words);
  CLI::App app;
  app.set_help_flag();
  std::vector<Slot> slots;
  add_arguments(app, command.arguments, slots);
  add_flags(app, flags_of(command), slots);
  add_flags(app, common_flags(), slots);
  app.allow_extras();
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return usage(command, "usage.arguments", "The arguments of " + typed_name(command) + " are not complete.",
                 error.what());
  }
  if (const auto extra = app.remaining(); !extra.empty()) {
    return usage(command, "usage.unknown", typed_name(command) + " does not know \"" + extra.front() + "\".",
                 unknown_flag(command, extra.front()));
  }
  std::map<std::string, std::vector<std::string>> values;
  for (const auto& slot : slots) {
    if (slot.option->count() > 0) values[slot.key] = slot.option->results();
  }
  if (!rest.empty()) {
    auto& line = values[std::string(command.arguments.back().name)];
    if (!line.empty()) line.pop_back();
    line.insert(line.end(), rest.begin(), rest.end());
  }
  CHECKED(check_choices(command, command.flags, values));
  CHECKED(check_choices(command, common_flags(), values));
  CHECKED(check_choices(command, command.arguments, values));
  return Invocation(command, std::move(values));
}

bool names_a_secret(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto* secret : {"password", "passwd", "passphrase", "secret", "secrets", "token", "tokens",
                             "key", "keys", "credential", "credentials", "connection_string", "dsn"})
    if (lower.ends_with(secret)) return true;
  return false;
}

bool holds_a_password(std::string_view value) {
  for (auto at = value.find("://"); at != value.npos; at = value.find("://", at)) {
    at += 3;
    const auto host = value.substr(at, value.substr(at).find_first_of("/?# \""));
    const auto user = host.substr(0, host.rfind('@'));
    if (user.size() < host.size() && user.find(':') != user.npos) return true;
  }
  return false;
}

std::string pasted(const std::string& word) {
  constexpr std::string_view kPlain = "-_./:=,@%+";
  const auto plain = [&](unsigned char c) {
    return std::isalnum(c) || kPlain.contains(static_cast<char>(c));
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string editor_command(const std::string& path, int line) {
  return "\"${EDITOR:-vi}\" " + (line > 0 ? "+" + std::to_string(line) + " " : "") + pasted(path);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const auto above = row[j + 1];
        row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (word[i] == candidate[j] ? 0U : 1U)});
        diagonal = above;
      }
    }
    if (row.back() < best_distance) best_distance = row.back(), best = candidate;
  }
  return best;
}

}  // namespace starter::console
