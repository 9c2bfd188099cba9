// Thousands who send or read a drop at a time, or nothing at all, beside one person who works.
#include "faults/slow_clients.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/infrastructure/descriptors.h"
#include "support/api.h"
#include "support/latency.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

struct Burden {
  long resident_kib = 0;
  size_t files = 0;
};

Burden burden_of(pid_t process) {
  Burden burden;
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) burden.resident_kib = std::atol(line.c_str() + 6);
  }
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd"))
    ++burden.files;
  return burden;
}

/// The limit on open files of this process; another one while it lives.
class OpenFiles {
 public:
  explicit OpenFiles(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit changed{std::min(most, before_.rlim_max), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &changed);
  }
  ~OpenFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

  rlim_t hard() const { return before_.rlim_max; }

 private:
  rlimit before_{};
};

/// One in five reads nothing of many large replies, one says nothing, the others drip; and twice as many have
/// asked for something once and stay.
std::vector<SlowHabit> habits(size_t slow, size_t idle) {
  const std::string host = "HTTP/1.1\r\nHost: localhost\r\n";
  std::string large;
  for (int i = 0; i < 8; ++i) large += "GET /openapi.json " + host + "\r\n";
  const size_t fifth = slow / 5;
  return {
      {.name = "silent", .clients = fifth, .opening = ""},
      {.name = "dripping head", .clients = fifth, .opening = "GET /health " + host + "X-Slow: ", .drop = "x"},
      {.name = "dripping body",
       .clients = fifth,
       .opening = "POST /api/v1/auth/verify " + host +
                  "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
       .drop = " "},
      {.name = "sipping", .clients = fifth, .opening = large, .sip = 512, .receive_buffer = 4096},
      {.name = "not reading", .clients = fifth, .opening = large, .sip = 1, .receive_buffer = 4096},
      {.name = "idle", .clients = idle, .opening = "GET /health " + host + "\r\n"}};
}

TEST(Descriptors, AreLeftForTheServiceWhenAllItsClientsAreThere) {
  EXPECT_EQ(clients_per_thread(1024, 2), 384u);
  EXPECT_EQ(clients_per_thread(256, 1), 128u);
  EXPECT_EQ(clients_per_thread(16, 64), 1u);
  EXPECT_EQ(clients_per_thread(1 << 20, 2), 12000u);
}

class SlowPeople : public testing::Test {
 protected:
  // As a shell allows it; the service raises its own limit.
  static Api start_with_few_descriptors() {
    const OpenFiles few(256);
    return Api();
  }

  /// Each call behind a breath, for as long.
  std::vector<double> work(std::chrono::milliseconds how_long, const std::function<void()>& look) {
    std::vector<double> took;
    for (const auto end = std::chrono::steady_clock::now() + how_long;
         std::chrono::steady_clock::now() < end;) {
      const auto one = times_of(20, [&] { EXPECT_EQ(honest_.get("/api/v1/users/me").status, 200); });
      took.insert(took.end(), one.begin(), one.end());
      look();
      std::this_thread::sleep_for(20ms);
    }
    return took;
  }

  Api api_ = start_with_few_descriptors();
  Client honest_ = api_.client().with_token(api_.add_person("honest").access_token);
};

TEST_F(SlowPeople, P4HarmNobodyAndLeaveNothing) {
  const size_t slow = static_cast<size_t>(trials(400, 5000)), idle = 2 * slow, all = slow + idle;
  const OpenFiles many(RLIM_INFINITY);
  if (many.hard() < all + 1000) GTEST_SKIP() << "this machine allows " << many.hard() << " open files";
  const double alone = p99(work(trials(1, 30) * 1s, [] {}));
  const auto before = burden_of(api_.process().id());

  SlowClients clients(api_.port(), habits(slow, idle));
  wait_until("all of them are connected", [&] { return clients.open() >= all * 9 / 10; });
  Burden most = before;
  const double beside = p99(work(trials(3, 600) * 1s, [&] {
    const auto now = burden_of(api_.process().id());
    most = {std::max(most.resident_kib, now.resident_kib), std::max(most.files, now.files)};
  }));
  EXPECT_GT(clients.open(), all * 8 / 10) << "sent away or not, they are there again";
  EXPECT_EQ(api_.client().get("/health/ready").status, 200);
  const auto tallies = clients.stop();

  expect_at_most_twice("honest requests beside slow connections", alone, beside);
  const auto grown = most.resident_kib - before.resident_kib;
  std::printf("  %zu connections: %ld KiB more, %zu files\n", all, grown, most.files);
  EXPECT_LT(grown, 16 * static_cast<long>(all)) << "KiB for that many connections";
  EXPECT_LT(most.files, before.files + all * 11 / 10 + 16);
  for (size_t i = 0; i < tallies.size(); ++i)
    std::printf("  %-14s %6zu opened, %6zu ended, %6zu with a 408, after %5lld ms at most\n",
                habits(slow, idle)[i].name.c_str(), tallies[i].opened, tallies[i].ended, tallies[i].told_so,
                static_cast<long long>(tallies[i].longest.count()));
  if (trials(0, 1)) {
    // Their limits (http::ServerOptions), and a farewell and turns on a busy machine.
    const std::chrono::seconds limits[] = {75s, 10s, 15s, 30s, 30s, 75s};
    for (size_t i = 0; i < tallies.size(); ++i) {
      EXPECT_GT(tallies[i].ended, 0u) << i;
      EXPECT_LE(tallies[i].longest, limits[i] + 10s) << i;
    }
    EXPECT_GT(tallies[1].told_so, 0u);
    EXPECT_GT(tallies[2].told_so, 0u);
  }
  wait_until("their descriptors are given back",
             [&] { return burden_of(api_.process().id()).files <= before.files + 8; });
}

}  // namespace
}  // namespace starter::test
