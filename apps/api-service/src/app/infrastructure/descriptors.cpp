#include "app/infrastructure/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace starter {
namespace {

constexpr size_t kOurs = 256;  // connections to stores, listeners, files
constexpr size_t kMostClients = 12000;

}  // namespace

size_t allow_all_descriptors() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<size_t>(files.rlim_cur);
}

size_t clients_per_thread(size_t descriptors, size_t threads) {
  const size_t theirs = descriptors > 2 * kOurs ? descriptors - kOurs : descriptors / 2;
  return std::clamp<size_t>(theirs / threads, 1, kMostClients);
}

}  // namespace starter
