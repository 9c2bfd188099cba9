// Figures of the running service, each beside a comparison in the same run: times on a shared machine mean
// little, ratios of interleaved rounds do. Usage: service_benchmark
// health|me|login|refresh|known|hostile|start. Needs wrk and pgbench.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "measure.h"
#include "starter/core/context.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/password.h"
#include "starter/postgres/database.h"
#include "starter/testing/run.h"
#include "support/api.h"

namespace starter::pg {
struct One {
  int64_t value;
};
BOOST_DESCRIBE_STRUCT(One, (), (value))
}  // namespace starter::pg

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration;
using std::chrono::steady_clock;

/// F1
int health() {
  Api api(1, kLoad);
  const int port = free_port();
  Process stock({.arguments = {STOCK_HTTP, std::to_string(port), "1"}});
  wait_until("the comparison listens", [&] { return accepts(port); });
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double theirs = wrk("http://127.0.0.1:" + std::to_string(port) + "/health").per_second;
    const double ours = wrk("http://127.0.0.1:" + std::to_string(api.port()) + "/health").per_second;
    std::printf("health: %.0f requests/s, stock loop %.0f, ratio %.2f\n", ours, theirs, ours / theirs);
    ratios.push_back(ours / theirs);
  }
  std::printf("F1 %.2f\n", median(ratios));
  return 0;
}

constexpr pg::Query<pg::Entry, pg::One> kSelectOne{.name = "select_one", .sql = "SELECT 1::bigint AS value"};

Task<> select_until(Ctx ctx, SteadyTime end, uint64_t& count) {
  while (ctx.clock.steady() < end) {
    ctx.deadline = ctx.clock.steady() + 5s;
    if (co_await ctx.entry().one(kSelectOne)) ++count;
  }
}

/// SELECT 1 by 32 coroutines through the same pool code on one thread; a second.
double select_per_second(const std::string& url) {
  asio::io_context io{1};
  net::BlockingPool blocking(1);
  pg::Database database(io.get_executor(), Clock::system(), blocking, {Secret(url), "benchmark", 1});
  database.start();
  while (!database.ready()) io.run_one_for(10ms);
  uint64_t count = 0;
  const auto end = Clock::system().steady() + 2s;
  for (int i = 0; i < 32; ++i) {
    Ctx ctx(io.get_executor(), Clock::system(), database, end);
    spawn(io.get_executor(), "select", select_until(std::move(ctx), end, count));
  }
  io.run_for(2200ms);
  database.stop();
  io.run_for(50ms);
  return static_cast<double>(count) / 2;
}

/// F2
int me() {
  Api api(1, kLoad);
  const auto person = api.person("bench");
  const int port = free_port();
  Process select({.arguments = {SELECT_HTTP, std::to_string(port), api.url("app")}});
  wait_until("the comparison listens", [&] { return accepts(port); });
  std::vector<double> ratios, bare_ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double bare = select_per_second(api.url("app"));
    const double theirs = wrk("http://127.0.0.1:" + std::to_string(port) + "/one").per_second;
    const double ours = wrk("http://127.0.0.1:" + std::to_string(api.port()) + "/api/v1/users/me",
                            "Authorization: Bearer " + person.access_token)
                            .per_second;
    std::printf("who am I: %.0f requests/s, SELECT 1 %.0f, SELECT 1 without HTTP %.0f, ratios %.2f %.2f\n",
                ours, theirs, bare, ours / theirs, ours / bare);
    ratios.push_back(ours / theirs);
    bare_ratios.push_back(ours / bare);
  }
  std::printf("F2 %.2f (without HTTP %.2f)\n", median(ratios), median(bare_ratios));
  return 0;
}

/// F3
int login() {
  auto load = kLoad;
  load["WORKERS"] = "2";
  Api api(1, load);
  const auto person = api.person("bench");
  const crypto::PasswordHasher hasher(
      *crypto::Peppers::parse(Secret(api.environment().at("AUTH_PASSWORD_PEPPER"))));
  const std::string stored = hasher.hash(Secret(person.password));
  const std::string body = R"({"email":")" + person.email + R"(","password":")" + person.password + "\"}";
  std::vector<double> hash_ms, login_ms;
  for (int i = 0; i < 60; ++i) {
    auto began = steady_clock::now();
    hasher.verify(Secret(person.password), stored);
    hash_ms.push_back(duration<double, std::milli>(steady_clock::now() - began).count());
    began = steady_clock::now();
    api.client().post("/api/v1/auth/sign-in", body);
    login_ms.push_back(duration<double, std::milli>(steady_clock::now() - began).count());
  }
  const std::string url = "http://127.0.0.1:" + std::to_string(api.port()) + "/api/v1/users/me";
  const std::string header = "Authorization: Bearer " + person.access_token;
  const double idle = wrk(url, header, 4, 4).p99_ms;
  std::atomic<bool> stop = false;
  std::vector<std::thread> storm;
  for (int i = 0; i < 8; ++i) {
    storm.emplace_back([&] {
      while (!stop) api.client().post("/api/v1/auth/sign-in", body);
    });
  }
  const double stormy = wrk(url, header, 4, 4).p99_ms;
  stop = true;
  for (auto& thread : storm) thread.join();
  std::printf("one hash %.2f ms, one log-in %.2f ms; p99 of others idle %.2f ms, in a storm %.2f ms\n",
              median(hash_ms), median(login_ms), idle, stormy);
  std::printf("F3 %.2f %.2f\n", median(hash_ms) / median(login_ms), stormy / idle);
  return 0;
}

/// The share of a normal distribution above this many standard deviations from zero, 5 %.
constexpr double kOneSided = 1.645;

/// What two kinds of call took, turn by turn.
struct Twins {
  std::vector<double> known, unknown;

  double between_medians() const { return std::abs(median(known) - median(unknown)); }
  /// Two one-sided tests: their means differ by less than a millisecond, with an error of 5 % on either side.
  bool equal() const {
    const auto count = static_cast<double>(known.size());
    double sum = 0, squares = 0;
    for (size_t i = 0; i < known.size(); ++i) {
      const double d = known[i] - unknown[i];
      sum += d, squares += d * d;
    }
    const double mean = sum / count, error = std::sqrt((squares / count - mean * mean) / (count - 1));
    return (1 - mean) / error > kOneSided && (1 + mean) / error > kOneSided;
  }
};

/// A13
int known() {
  constexpr int kPairs = 2000;
  Api api(1, kLoad);
  std::mt19937 random(20261121);
  int count = 0;
  const auto took = [&](const std::string& path, const std::string& body) {
    ++count;  // each from an address of its own, which no limit counts twice
    const auto client =
        api.client().from("127." + std::to_string(2 + count / 50000) + "." +
                          std::to_string(count / 200 % 250) + "." + std::to_string(1 + count % 200));
    const auto began = steady_clock::now();
    const auto reply = client.post(path, body);
    const double ms = duration<double, std::milli>(steady_clock::now() - began).count();
    if (reply.status != 202 && reply.status != 401) throw std::runtime_error(path + ": " + reply.body);
    return ms;
  };
  std::map<std::string, std::function<std::string(const std::string& email)>> bodies{
      {"sign-in", [](const auto& email) { return R"({"email":")" + email + R"(","password":"wrong"})"; }},
      {"forgot", [](const auto& email) { return R"({"email":")" + email + "\"}"; }},
      {"sign-up", [](const auto& email) {
         return R"({"email":")" + email + R"(","password":"quiet marble lantern","display_name":"X"})";
       }}};
  std::string figures;
  bool good = true;
  for (const auto& [name, body_of] : bodies) {
    const std::string path = "/api/v1/auth/" + name;
    Twins twins;
    for (int i = 0; i < kPairs; ++i) {
      const auto of_known = body_of(api.add_person("known").email);
      const auto of_unknown = body_of("unknown+" + std::to_string(i) + "@example.org");
      const bool first = random() % 2;
      if (first) twins.known.push_back(took(path, of_known));
      twins.unknown.push_back(took(path, of_unknown));
      if (!first) twins.known.push_back(took(path, of_known));
    }
    std::printf("%s: known %.2f ms, unknown %.2f ms, %s\n", name.c_str(), median(twins.known),
                median(twins.unknown),
                twins.equal() ? "equal within a millisecond" : "not shown to be equal");
    good = good && twins.equal() && twins.between_medians() < 1;
    char text[16];
    std::snprintf(text, sizeof text, " %.2f", twins.between_medians());
    figures += text;
  }
  std::printf("A13%s\n", figures.c_str());
  return good ? 0 : 1;
}

/// A11: no two alike, so that nothing remembers them.
std::vector<std::function<std::string(int turn)>> hostile_tokens(Api& api) {
  const auto claims = api.claims(api.add_person("victim"));
  const auto genuine = api.sign(claims);
  const auto first = genuine.find('.'), last = genuine.rfind('.');
  const auto header = *crypto::base64url_decode(genuine.substr(0, first));
  const auto rest = genuine.substr(first, last - first), signature = genuine.substr(last + 1);
  const auto with_header = [=](std::string from, const std::string& to) {
    auto changed = header;
    changed.replace(changed.find(from), from.size(), to);
    return crypto::base64url_encode(changed) + rest + "." + signature;
  };
  const auto strangers = std::make_shared<crypto::Keyset>(crypto::Keyset::create(Clock::system().now()));
  return {[=](int turn) {  // a signature of the right form
            auto bytes = *crypto::base64url_decode(signature);
            auto& byte = bytes[static_cast<size_t>(turn % 64)];
            byte = static_cast<char>(byte ^ (1 + turn / 64 % 127));
            return genuine.substr(0, last + 1) + crypto::base64url_encode(bytes);
          },
          [=](int turn) {
            auto others = claims;
            others.expires_at += std::chrono::seconds(turn);
            return crypto::sign_access_token(others, *strangers);
          },
          [=](int turn) { return with_header("EdDSA", "none" + std::to_string(turn)); },
          [=](int turn) { return with_header("at+jwt", "at+jwt" + std::to_string(turn)); },
          [=](int turn) { return genuine.substr(0, genuine.size() - static_cast<size_t>(turn) % last); },
          [](int turn) { return std::string(static_cast<size_t>(4000 + turn % 4000), 'a'); }};
}

/// A11
int hostile() {
  constexpr int kCalls = 12000;
  Api api(1, kLoad);
  const auto kinds = hostile_tokens(api);
  std::vector<double> took;
  for (int turn = 0; turn < kCalls; ++turn) {
    // Each hundred from an address of its own, which no limit counts for long.
    const auto from =
        "127.2." + std::to_string(turn / 100 / 250) + "." + std::to_string(1 + turn / 100 % 250);
    const auto client =
        api.client().from(from).with_token(kinds[static_cast<size_t>(turn) % kinds.size()](turn + 1));
    const auto began = steady_clock::now();
    const auto reply = client.get("/api/v1/users/me");
    took.push_back(duration<double, std::milli>(steady_clock::now() - began).count());
    if (reply.status != 401) throw std::runtime_error("a hostile token: " + std::to_string(reply.status));
  }
  std::ranges::sort(took);
  std::printf("%d hostile tokens, one after the other: median %.2f ms\n", kCalls, took[took.size() / 2]);
  std::printf("A11 %.2f\n", took[took.size() * 99 / 100]);
  return 0;
}

long resident_kib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

/// F8
int start() {
  auto load = kLoad;
  load["WORKERS"] = "2";
  Api api(1, load);
  std::vector<double> ready_ms;
  for (int round = 0; round < 10; ++round) {
    api.process().kill();
    const auto began = steady_clock::now();
    api.start(0);
    while (api.client().get("/health/ready").status != 200) std::this_thread::sleep_for(1ms);
    ready_ms.push_back(duration<double, std::milli>(steady_clock::now() - began).count());
  }
  const long idle = resident_kib(api.process().id());
  wrk("http://127.0.0.1:" + std::to_string(api.port()) + "/health", "", 256, 3);
  std::printf("ready after %.0f ms, resident %ld KiB idle, %ld KiB after load\n", median(ready_ms), idle,
              resident_kib(api.process().id()));
  std::printf("F8 %.0f %ld %ld\n", median(ready_ms), idle / 1024, resident_kib(api.process().id()) / 1024);
  return 0;
}

}  // namespace
}  // namespace starter::test

int main(int count, char** arguments) {
  using namespace starter::test;
  const std::map<std::string, int (*)()> figures{{"health", health},   {"me", me},       {"login", login},
                                                 {"refresh", refresh}, {"known", known}, {"hostile", hostile},
                                                 {"start", start}};
  const auto wanted = count > 1 ? figures.find(arguments[1]) : figures.end();
  if (wanted == figures.end()) {
    std::fputs("usage: service_benchmark health|me|login|refresh|known|hostile|start\n", stderr);
    return 2;
  }
  return wanted->second();
}
