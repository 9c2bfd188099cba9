// Three replicas behind Caddy are restarted one after another, as a deployment does it, and no client
// notices.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "faults/load.h"
#include "faults/metrics.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kCaddy = "/usr/bin/caddy";
constexpr size_t kReplicas = 3;
/// Projects that a replica created since it started.
constexpr const char* kCreated =
    R"(starter_http_requests_total{method="POST",route="/api/v1/tenants/{tenant}/projects",status="2xx"})";

/// Caddy before the replicas: health checks, and retries of what no replica took, as docs/ops say.
class Balancer {
 public:
  explicit Balancer(const Api& api) : port_(free_port()) {
    std::string upstreams;
    for (size_t i = 0; i < api.replicas(); ++i) upstreams += " 127.0.0.1:" + std::to_string(api.port(i));
    const auto file = folder_.path() / "Caddyfile";
    std::ofstream(file) << "{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:" << port_
                        << " {\n  reverse_proxy" << upstreams << R"( {
    lb_policy round_robin
    lb_try_duration 5s
    lb_try_interval 100ms
    health_uri /health/ready
    health_interval 1s
    health_timeout 2s
  }
}
)";
    process_ = Process({.arguments = {kCaddy, "run", "--adapter", "caddyfile", "--config", file.string()},
                        .environment = {{"HOME", folder_.path().string()},
                                        {"XDG_DATA_HOME", folder_.path().string()},
                                        {"XDG_CONFIG_HOME", folder_.path().string()}},
                        .log = folder_.path() / "caddy.log"});
    wait_until("Caddy serves", [this] { return client().get("/health").status == 200; });
  }

  Client client() const { return Client("http://127.0.0.1:" + std::to_string(port_)); }
  std::string log() const {
    std::ifstream file(folder_.path() / "caddy.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  int port_;
  TemporaryFolder folder_;
  Process process_;
};

class RollingRestart : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kCaddy))
      GTEST_SKIP() << "there is no " << kCaddy << "; apt-get install caddy";
  }
  /// Ends a replica and starts it again; how long it took to end.
  std::chrono::milliseconds restart(Api& api, size_t replica) {
    const auto asked = Clock::now();
    api.process(replica).signal(SIGTERM);
    const auto grace = std::chrono::seconds(std::stoi(api.environment().at("DRAIN_SECONDS")));
    EXPECT_EQ(api.process(replica).wait(grace + 1s), 0) << api.log(replica);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - asked);
    api.start(replica);
    api.wait_ready(replica);
    return took;
  }
};

TEST_F(RollingRestart, P3NoRequestFailsWhileThreeReplicasAreRestarted) {
  // Eight clients of one person, for minutes: as fast as they go, they would meet the limits of the tests.
  Api api(kReplicas, {{"RATE_LIMIT_FACTOR", "100000"}});
  const Balancer balancer(api);
  const auto tenant = api.add_tenant("Rolling");
  Load load(balancer.client().with_token(tenant.owner.access_token), tenant.id, 8);
  std::chrono::milliseconds longest{0};
  const int rounds = trials(7, 20);
  for (int round = 0; round < rounds; ++round) {
    for (size_t replica = 0; replica < kReplicas; ++replica) {
      wait_until("clients are served", [&] { return load.steady(20); });
      longest = std::max(longest, restart(api, replica));
      // Caddy takes it back at its next look.
      wait_until("it is given work again", [&] { return metric(api.inside(replica), kCreated) > 10; });
    }
  }
  load.stop();
  EXPECT_EQ(load.failures(), 0u) << load.first_failure() << balancer.log();
  load.settle();
  load.expect_each_applied_once(api);
  std::printf(
      "  %zu requests over %d restarts, %zu failed, %zu made again by the proxy, slowest end %lld ms\n",
      load.answered(), rounds * static_cast<int>(kReplicas), load.failures(), load.repeated(),
      static_cast<long long>(longest.count()));
}

}  // namespace
}  // namespace starter::test
