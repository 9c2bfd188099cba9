#include "frame/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "starter/core/text.h"
#include "starter/crypto/encoding.h"

namespace starter::console {

namespace json = boost::json;

namespace {

bool set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

bool wants_colour(std::string_view choice, int descriptor) {
  if (choice == "always") return true;
  if (choice == "never" || set("NO_COLOR") || set("ACCESSIBLE")) return false;
  if (set("CLICOLOR_FORCE")) return true;
  const char* term = std::getenv("TERM");
  return isatty(descriptor) && term != nullptr && std::string_view(term) != "dumb";
}

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::bold:
      return "1";
    case Tone::faint:
      return "2";
    case Tone::good:
      return "32";
    case Tone::bad:
      return "31";
    case Tone::warn:
      return "33";
    case Tone::plain:
      break;
  }
  return "0";
}

std::string painted(Tone tone, std::string_view text) {
  if (tone == Tone::plain) return std::string(text);
  return "\033[" + std::string(code(tone)) + "m" + std::string(text) + "\033[0m";
}

// No parser of JSON takes other bytes.
std::string as_utf8(std::string_view text) {
  std::string out;
  while (true) {
    const auto good = utf8_part(text);
    out += text.substr(0, good);
    if (good == text.size()) return out;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(good + 1);
  }
}

void write_line(std::FILE* stream, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stream);
  std::fputc('\n', stream);
  std::fflush(stream);
}

void pretty_into(std::string& out, const json::value& value, std::size_t indent) {
  const std::string pad(indent + 2, ' ');
  if (value.is_object() && !value.get_object().empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& [key, member] : value.get_object()) {
      if (!std::exchange(first, false)) out += ",\n";
      out += pad + json::serialize(key) + ": ";
      pretty_into(out, member, indent + 2);
    }
    out += "\n" + std::string(indent, ' ') + "}";
  } else if (value.is_array() && !value.get_array().empty()) {
    out += "[\n";
    bool first = true;
    for (const auto& member : value.get_array()) {
      if (!std::exchange(first, false)) out += ",\n";
      out += pad;
      pretty_into(out, member, indent + 2);
    }
    out += "\n" + std::string(indent, ' ') + "]";
  } else {
    out += json::serialize(value);
  }
}

// The one of a list that calls itself so.
const json::value* named(const json::array& list, std::string_view name) {
  const auto found = std::ranges::find_if(list, [&](const json::value& one) {
    const auto* own = one.is_object() ? one.get_object().if_contains("name") : nullptr;
    return own != nullptr && own->is_string() && own->get_string() == name;
  });
  return found == list.end() ? nullptr : found;
}

const json::value* child(const json::value& value, std::string_view name) {
  if (value.is_object()) return value.get_object().if_contains(name);
  if (!value.is_array() || name.empty()) return nullptr;
  std::size_t index = 0;
  for (char c : name) {
    if (c < '0' || c > '9' || name.size() > 6) return named(value.get_array(), name);
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index < value.get_array().size() ? &value.get_array()[index] : nullptr;
}

}  // namespace

Terminal::Settings Terminal::detect(std::string_view colour, bool no_input) {
  return {.colour = wants_colour(colour, STDERR_FILENO),
          .data_colour = wants_colour(colour, STDOUT_FILENO),
          .interactive = !no_input && isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !set("CI"),
          .plain = set("ACCESSIBLE")};
}

void Terminal::say(std::string_view line) const {
  if (settings_.format == Format::stream_json) return event(json::object{{"event", "talk"}, {"text", line}});
  write_line(stderr, line);
}

void Terminal::step(int number, int of, std::string_view what) const {
  if (settings_.format == Format::stream_json) {
    return event(json::object{
        {"event", "step"}, {"number", number}, {"of", of}, {"text", what}, {"elapsed_seconds", elapsed()}});
  }
  const auto count =
      "[" + std::to_string(number) + "/" + std::to_string(of) + "] " + std::to_string(elapsed()) + " s";
  write_line(stderr, paint_talk(Tone::faint, count) + " " + std::string(what));
}

Reached Terminal::progress(int number, int of, const Clock& clock) const {
  return [this, number, of, progress = Progress(clock)](std::uint64_t done, std::uint64_t total) mutable {
    if (const auto estimate = progress.reached(done, total)) tell(number, of, *estimate);
  };
}

void Terminal::tell(int number, int of, const Estimate& estimate) const {
  if (settings_.format != Format::stream_json)
    return step(number, of,
                std::to_string(estimate.percent) + " %, about " + in_words(estimate.left) + " left");
  event(json::object{{"event", "progress"},
                     {"number", number},
                     {"of", of},
                     {"percent", estimate.percent},
                     {"left_seconds", estimate.left.count()},
                     {"elapsed_seconds", elapsed()}});
}

long long Terminal::elapsed() const {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began_).count();
}

void Terminal::print(std::string_view line) const {
  write_line(stdout, line);
}

void Terminal::event(const json::value& event) const {
  write_line(stdout, as_utf8(json::serialize(event)));
}

std::string Terminal::paint(Tone tone, std::string_view text) const {
  return settings_.data_colour ? painted(tone, text) : std::string(text);
}

std::string Terminal::paint_talk(Tone tone, std::string_view text) const {
  return settings_.colour ? painted(tone, text) : std::string(text);
}

std::optional<std::size_t> screen_width() {
  const char* const told = std::getenv("COLUMNS");
  long columns = told != nullptr ? std::strtol(told, nullptr, 10) : 0;
  winsize size{};
  if (columns <= 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) columns = size.ws_col;
  if (columns <= 0) return std::nullopt;
  return static_cast<std::size_t>(std::max(columns, 40L));
}

std::size_t help_width() {
  return std::min<std::size_t>(screen_width().value_or(80), 80);
}

std::string pretty(const json::value& value) {
  std::string out;
  pretty_into(out, value, 0);
  return as_utf8(out);
}

Outcome<std::string> pick(const json::value& value, std::string_view path) {
  const json::value* at = &value;
  for (std::string_view rest = path; !rest.empty();) {
    const auto dot = rest.find('.');
    const auto name = rest.substr(0, dot);
    at = child(*at, name);
    if (at == nullptr) {
      return Failure{.code = "usage.field",
                     .what = "The reply has no field " + std::string(path) + ".",
                     .why = "\"" + std::string(name) + "\" is not in it.",
                     .fix = {},  // the command with --json
                     .exit = Exit::usage,
                     .docs = "starter-console help formatting"};
    }
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  }
  if (at->is_string()) return std::string(at->get_string());
  return json::serialize(*at);
}

std::string printable(std::string_view text, std::string_view allowed) {
  std::string out;
  auto good = utf8_part(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto after = i + 1 < good ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool control = byte < 0x20 || byte == 0x7f || (byte == 0xC2 && after < 0xA0);
    if (i < good && (!control || allowed.contains(text[i]))) {
      out += text[i];
      continue;
    }
    out += "\\x" + crypto::hex_encode(text.substr(i, 1));
    if (i >= good || byte == 0xC2) good = i + 1 + utf8_part(text.substr(i + 1));
  }
  return out;
}

std::string failure_text(const Terminal& terminal, const Failure& failure) {
  return terminal.paint_talk(Tone::bad, "error:") + " " + printable(failure.what, "") +
         "\n  why: " + printable(failure.why, "\n\t") + "\n  fix: " + printable(failure.fix, "");
}

json::value failure_json(const Failure& failure) {
  return json::object{{"error",
                       {{"code", failure.code},
                        {"message", failure.what},
                        {"why", failure.why},
                        {"fix", failure.fix},
                        {"docs", failure.docs},
                        {"exit", static_cast<int>(failure.exit)}}}};
}

}  // namespace starter::console
