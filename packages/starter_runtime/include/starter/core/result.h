// Result<T>: a value or a Problem, and the two macros that pass a Problem up.
#pragma once

#include <expected>
#include <utility>

#include "starter/core/problem.h"

namespace starter {

/// std::expected<T, Problem> that may not be ignored and that `co_return Problem{...}` converts to.
template <class T = void>
struct [[nodiscard]] Result : std::expected<T, Problem> {
  using std::expected<T, Problem>::expected;
  Result(Problem problem) : std::expected<T, Problem>(std::unexpect, std::move(problem)) {}
};

namespace detail {
/// The value, which a caller of CO_TRY may leave unused (std::expected's own accessors may not be).
template <class T>
T take_value(Result<T>&& result) {
  return *std::move(result);
}
inline void take_value(Result<>&&) {}
template <class T>
T take_value(std::expected<T, Problem>&& result) {
  return *std::move(result);
}
}  // namespace detail

}  // namespace starter

/// Value of a Result, or co_return its Problem. An expression: `auto user = CO_TRY(co_await find(id));`
#define CO_TRY(...)                                          \
  __extension__({                                            \
    auto result_ = (__VA_ARGS__);                            \
    if (!result_) [[unlikely]]                               \
      co_return std::unexpected(std::move(result_).error()); \
    ::starter::detail::take_value(std::move(result_));       \
  })

/// The same in an ordinary function.
#define TRY(...)                                          \
  __extension__({                                         \
    auto result_ = (__VA_ARGS__);                         \
    if (!result_) [[unlikely]]                            \
      return std::unexpected(std::move(result_).error()); \
    ::starter::detail::take_value(std::move(result_));    \
  })
