#include "starter/testing/failpoint.h"

#include <signal.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>

#include "starter/net/timer.h"

namespace starter::failpoints {

std::atomic<bool> detail::armed_flag = false;

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLongestPause = 60s, kPausePoll = 2ms;
constexpr size_t kMaxArmed = 100;

enum class Action : uint8_t { sleep, error, abort, pause };

struct Armed {
  Action action;
  std::chrono::milliseconds time{};
  int64_t left = INT64_MAX;  // how many more times
  uint64_t hits = 0;
};

std::mutex mutex;
std::map<std::string, Armed, std::less<>>& armed() {
  static std::map<std::string, Armed, std::less<>> points;
  return points;
}

bool read_count(std::string_view text, int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out > 0;
}

std::optional<Armed> parse(std::string_view action) {
  Armed point{};
  if (const size_t star = action.find('*'); star != action.npos) {
    if (!read_count(action.substr(star + 1), point.left)) return std::nullopt;
    action = action.substr(0, star);
  }
  if (action == "error" || action == "abort" || action == "pause") {
    point.action = action == "error" ? Action::error : action == "abort" ? Action::abort : Action::pause;
    return point;
  }
  int64_t time = 0;
  if (!action.starts_with("sleep(") || !action.ends_with("ms)")) return std::nullopt;
  if (!read_count(action.substr(6, action.size() - 9), time) || time > 60'000) return std::nullopt;
  point.action = Action::sleep;
  point.time = std::chrono::milliseconds(time);
  return point;
}

/// What to do now, counted; nothing when it is not armed or used up.
std::optional<Armed> take(std::string_view name) {
  const std::lock_guard lock(mutex);
  const auto found = armed().find(name);
  if (found == armed().end()) return std::nullopt;
  ++found->second.hits;
  if (found->second.left <= 0) return std::nullopt;
  --found->second.left;
  return found->second;
}

bool is_armed(std::string_view name) {
  const std::lock_guard lock(mutex);
  return armed().contains(name);
}

}  // namespace

Task<Result<>> reach(std::string_view name) {
  const auto point = take(name);
  if (!point) co_return Result<>();
  const Executor executor = co_await asio::this_coro::executor;
  net::Timer timer(executor);
  switch (point->action) {
    case Action::abort:
      ::raise(SIGKILL);
      break;
    case Action::error:
      co_return Problem(problems::failpoint, std::string(name));
    case Action::sleep:
      timer.expires_after(point->time);
      co_await timer.async_wait(net::as_tuple);
      break;
    case Action::pause:
      for (auto waited = 0ms; waited < kLongestPause && is_armed(name); waited += kPausePoll) {
        timer.expires_after(kPausePoll);
        co_await timer.async_wait(net::as_tuple);
      }
  }
  co_return Result<>();
}

const char* arm(std::string_view name, std::string_view action) {
  const auto point = parse(action);
  if (!point) return "an action is sleep(250ms), error, abort or pause, each with *N behind it or without";
  if (name.empty() || name.size() > 100) return "a failpoint needs a name";
  const std::lock_guard lock(mutex);
  if (armed().size() >= kMaxArmed && !armed().contains(name)) return "too many failpoints are armed";
  armed().insert_or_assign(std::string(name), *point);
  detail::armed_flag = true;
  return nullptr;
}

void disarm(std::string_view name) {
  const std::lock_guard lock(mutex);
  if (const auto found = armed().find(name); found != armed().end()) armed().erase(found);
  detail::armed_flag = !armed().empty();
}

void disarm_all() {
  const std::lock_guard lock(mutex);
  armed().clear();
  detail::armed_flag = false;
}

uint64_t hits(std::string_view name) {
  const std::lock_guard lock(mutex);
  const auto found = armed().find(name);
  return found == armed().end() ? 0 : found->second.hits;
}

std::string arm_from(std::string_view specification, bool hosted) {
  if (specification.empty()) return "";
  if (hosted) return "failpoints are refused for a hosted service; unset STARTER_FAILPOINTS";
  while (!specification.empty()) {
    const size_t end = std::min(specification.find(';'), specification.size());
    const std::string_view item = specification.substr(0, end);
    specification.remove_prefix(std::min(end + 1, specification.size()));
    const size_t equals = item.find('=');
    if (equals == item.npos) return "STARTER_FAILPOINTS needs the form name=action;name=action";
    if (const char* problem = arm(item.substr(0, equals), item.substr(equals + 1)))
      return std::string("STARTER_FAILPOINTS: ") + problem;
  }
  return "";
}

}  // namespace starter::failpoints
