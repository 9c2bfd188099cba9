// Time and randomness are injected, so that a test decides both.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>

namespace starter {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// The wall clock for what is stored and signed, and a monotonic one for deadlines. Both may be called from
/// any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
  /// CLOCK_BOOTTIME: goes on while the machine sleeps, so that a lease can't outlive a suspended host.
  virtual SteadyTime steady() const = 0;

  static const Clock& system();
};

/// Fills the span with random bytes from libsodium; never fails. Safe from any thread.
void random_bytes(std::span<unsigned char> out);

/// `bytes` random bytes as base64url without padding (RFC 4648 section 5).
std::string random_token(size_t bytes = 32);

/// Uniform in [0, bound).
uint32_t random_below(uint32_t bound);

}  // namespace starter
