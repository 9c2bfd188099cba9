// How far long work is, and when it will probably end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "starter/core/clock.h"

namespace starter::console {

/// "4 d 3 h", "12 min", "8 s".
std::string in_words(std::chrono::seconds time);

/// Told by long work after each piece of it: bytes, rows. Cheap to call.
using Reached = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct Estimate {
  int percent;
  std::chrono::seconds left;  // if it goes on as it went
};

/// Makes of all that is told one estimate every five seconds.
class Progress {
 public:
  explicit Progress(const Clock& clock = Clock::system())
      : clock_(clock),
        began_(clock.steady()),
        told_(began_) {}

  std::optional<Estimate> reached(std::uint64_t done, std::uint64_t total);

 private:
  const Clock& clock_;
  SteadyTime began_, told_;
};

}  // namespace starter::console
