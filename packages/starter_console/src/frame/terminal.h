// Where output goes. Data goes to stdout and talk to stderr, so that a pipe carries the data alone; colour
// only where it was asked for or a terminal shows it.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "frame/outcome.h"
#include "frame/progress.h"

namespace starter::console {

enum class Format { text, json, stream_json };
enum class Tone { plain, bold, faint, good, bad, warn };

class Terminal {
 public:
  struct Settings {
    Format format = Format::text;
    bool colour = false;       // of talk, on stderr
    bool data_colour = false;  // on stdout
    bool interactive = false;  // a person is there to answer
    bool plain = false;        // ACCESSIBLE: no bar, for screen readers
    std::string field{};       // --field: print this part of the reply alone
  };
  explicit Terminal(Settings settings) : settings_(std::move(settings)) {}

  /// Reads the environment (NO_COLOR, CLICOLOR_FORCE, ACCESSIBLE, TERM, CI) and the terminal state of the
  /// descriptors.
  static Settings detect(std::string_view colour, bool no_input);

  const Settings& settings() const { return settings_; }
  bool json() const { return settings_.format != Format::text; }

  /// Talk: one line on stderr. In stream-json it is an event on stdout.
  void say(std::string_view line) const;

  /// A step of long work, "[2/7] 3 s Postgres ..."; counted from 1, with the time since the command began.
  void step(int number, int of, std::string_view what) const;

  /// For the work of that step to tell how far it is: "[2/7] 12 s 41 %, about 17 s left" every five seconds;
  /// in stream-json an event.
  Reached progress(int number, int of, const Clock& clock = Clock::system()) const;

  /// Data on stdout, at once, for commands that stream. Ends the line.
  void print(std::string_view line) const;

  /// One event of a stream (NDJSON), on stdout.
  void event(const boost::json::value& event) const;

  /// For data, on stdout; and for talk, on stderr. One of the two may go into a file.
  std::string paint(Tone tone, std::string_view text) const;
  std::string paint_talk(Tone tone, std::string_view text) const;

 private:
  long long elapsed() const;  // seconds
  void tell(int number, int of, const Estimate& estimate) const;

  Settings settings_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// COLUMNS, else how wide this terminal is, at least 40; nothing where the output is no terminal.
std::optional<std::size_t> screen_width();

/// How wide help may be: the same, at most 80, which it also is where nobody knows.
std::size_t help_width();

/// JSON for people: two blanks of indent, fields in the order in which they were put in. What is not UTF-8 is
/// U+FFFD in it.
std::string pretty(const boost::json::value& value);

/// Follows a dotted path ("parts.0.pid"; "parts.api.pid", by the name in it) into a value; strings come out
/// bare.
Outcome<std::string> pick(const boost::json::value& value, std::string_view path);

/// A text that was given may hold anything; in a terminal this neither ends a line nor moves the cursor:
/// control characters but those `allowed`, and what is not UTF-8, stand as \x0a.
std::string printable(std::string_view text, std::string_view allowed = "");

/// The three lines of an error, and its JSON.
std::string failure_text(const Terminal& terminal, const Failure& failure);
boost::json::value failure_json(const Failure& failure);

}  // namespace starter::console
