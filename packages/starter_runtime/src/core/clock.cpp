#include "starter/core/clock.h"

#include <sodium.h>
#include <time.h>

namespace starter {
namespace {

class SystemClock final : public Clock {
 public:
  WallTime now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady() const override {
    timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return SteadyTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
};

// sodium_init is idempotent and thread-safe; the random generator may not be used before it.
const int sodium_ready = sodium_init();

}  // namespace

const Clock& Clock::system() {
  static const SystemClock clock;
  return clock;
}

void random_bytes(std::span<unsigned char> out) {
  randombytes_buf(out.data(), out.size());
}

std::string random_token(size_t bytes) {
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string text(sodium_base64_ENCODED_LEN(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // the terminating zero
  return text;
}

uint32_t random_below(uint32_t bound) {
  return randombytes_uniform(bound);
}

}  // namespace starter
