// Outcome<T>: a value or a Failure, and the Failure that every command of the console reports in the same
// way.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace starter::console {

/// The exit statuses of every command, documented by `help exit-codes`.
enum class Exit : int {
  ok = 0,
  failed = 1,
  usage = 2,
  check_failed = 3,
  auth = 4,
  not_found = 5,
  conflict = 6,
  pending = 8,
  interrupted = 130,
};

/// An error in three lines: what went wrong, why, and a fix that can be pasted. `code` is stable and for
/// scripts; `docs` is a path or anchor inside the project's documentation, or a help topic. A fix that is
/// left out is the command as it was typed, and so is one that begins with a blank and says what to do
/// before; one that begins with a flag is that command with this flag.
struct Failure {
  std::string code;
  std::string what;
  std::string why;
  std::string fix;
  Exit exit = Exit::failed;
  std::string docs = "starter-console help exit-codes";
  std::vector<std::string> done{};  // what was changed before it went wrong, for the audit log
};

/// That failure, of a command that had done so much before.
inline Failure after(std::vector<std::string> done, Failure failure) {
  failure.done = std::move(done);
  return failure;
}

template <class T = void>
struct [[nodiscard]] Outcome : std::expected<T, Failure> {
  using std::expected<T, Failure>::expected;
  Outcome(Failure failure) : std::expected<T, Failure>(std::unexpect, std::move(failure)) {}
};

}  // namespace starter::console

/// The value of an Outcome, or return its Failure: `auto text = CHECKED(read_file(path));`
#define CHECKED(...)                                       \
  __extension__({                                          \
    auto outcome_ = (__VA_ARGS__);                         \
    if (!outcome_) [[unlikely]]                            \
      return std::unexpected(std::move(outcome_).error()); \
    *std::move(outcome_);                                  \
  })
