// What a person asked for: a command with its flags and arguments, after parsing.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/command.h"

namespace starter::console {

class Invocation {
 public:
  Invocation(const Command& command, std::map<std::string, std::vector<std::string>> values)
      : command_(&command),
        values_(std::move(values)) {}

  const Command& command() const { return *command_; }

  /// True when the flag or argument was given.
  bool has(std::string_view name) const { return values_.contains(std::string(name)); }

  /// The last value given, or the fallback.
  std::string get(std::string_view name, std::string_view fallback = {}) const {
    auto found = values_.find(std::string(name));
    return found == values_.end() || found->second.empty() ? std::string(fallback) : found->second.back();
  }

  /// Every value given.
  std::vector<std::string> all(std::string_view name) const {
    auto found = values_.find(std::string(name));
    return found == values_.end() ? std::vector<std::string>{} : found->second;
  }

  /// The value as a number inside [least, most], the fallback when absent, or a usage failure.
  Outcome<long> number(std::string_view name, long fallback, long least, long most) const;

  /// "X" is no value of `name`; `why` goes on after "It", such as "must be an e-mail address".
  Failure bad_value(std::string_view name, const std::string& why) const;

  bool dry_run() const { return has("--dry-run"); }

  /// How long to wait for a lock: --wait, at most a day.
  Outcome<std::chrono::seconds> lock_patience() const {
    return std::chrono::seconds(CHECKED(number("--wait", 0, 0, 86400)));
  }

  /// How long to wait for a server: --timeout.
  Outcome<std::chrono::seconds> timeout() const {
    return std::chrono::seconds(CHECKED(number("--timeout", 20, 1, 300)));
  }

  /// This, with that value in place of what was typed for the flag; a switch has "true". Where the flag takes
  /// NAME=VALUE, in place of what was typed for that NAME.
  Invocation with(std::string_view name, std::string value = "true") const;

  /// This, as if that flag had not been typed.
  Invocation without(std::string_view name) const;

  /// The command as it was typed, as a line for a shell, so that a fix can repeat it or add to it. A secret
  /// that somebody wrote into NAME=VALUE is not repeated.
  std::string typed() const;

  /// The command and what was given to it, in one spelling, for the audit log. Secrets are never flags; of
  /// NAME=VALUE, which may be anything, only the name is told.
  std::string line() const;

 private:
  const Command* command_;
  std::map<std::string, std::vector<std::string>> values_;
};

/// Parses what follows the command's name. `failure.exit` is Exit::usage.
Outcome<Invocation> parse(const Command& command, const std::vector<std::string>& words);

/// What everybody calls a secret (datadog_api_key), and scheme://user:password@host in a value.
bool names_a_secret(std::string_view name);
bool holds_a_password(std::string_view value);

/// A word of a line that is pasted into a shell.
std::string pasted(const std::string& word);

/// Opens a file for whoever mends it by hand, at a line unless that is 0: "${EDITOR:-vi}" +3 answers.yaml
std::string editor_command(const std::string& path, int line = 0);

/// The candidate that is fewest edits away, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace starter::console
