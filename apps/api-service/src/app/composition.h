// The one place where parts are wired. Reading App from top to bottom is reading the wiring diagram.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "app/infrastructure/authenticator.h"
#include "app/infrastructure/client_resolver.h"
#include "app/infrastructure/idempotency.h"
#include "app/infrastructure/keys.h"
#include "app/infrastructure/observer.h"
#include "app/infrastructure/revocations.h"
#include "app/infrastructure/route_limiter.h"
#include "app/infrastructure/shared_throttle.h"
#include "app/services/auth/service.h"
#include "app/services/feature.h"
#include "app/services/health/service.h"
#include "app/services/invites/service.h"
#include "app/services/meta/service.h"
#include "app/services/service_accounts/service.h"
#include "app/settings.h"
#include "starter/http/server.h"
#include "starter/observe/log.h"
#include "starter/observe/metrics.h"
#include "starter/redis/client.h"
#include "starter/redis/subscriber.h"

namespace starter {

/// Every feature of the service. A new one is a line here.
std::vector<Feature> features();

/// All routes of all features, in order.
std::vector<http::Route> all_routes();

/// The committed description of the API, byte for byte.
std::string describe_api();

/// One thread with everything that it alone uses.
struct Core {
  Core(size_t index, const Settings& settings, const Clock& clock, net::BlockingPool& blocking,
       const net::TlsClient& tls);
  size_t index;
  asio::io_context io{1};
  pg::Database database;
  redis::Client redis;
  std::unique_ptr<http::Server> server;
};

/// The application. Members are declared in the order in which they need each other, and go in the reverse
/// one.
struct App {
  App(const Settings& settings, const Clock& clock, observe::Logger& log);
  ~App();

  /// Serves until SIGTERM or SIGINT, then drains. The exit code.
  int serve();

  const Settings& settings;
  const Clock& clock;
  observe::Logger& log;
  net::TlsClient tls;
  std::vector<std::unique_ptr<Core>> cores;
  net::BlockingPool blocking{3};  // on two cores the log-ins that readiness waits for go side by side

  Keys keys;
  crypto::PasswordHasher hasher;
  crypto::PasswordPool passwords;
  crypto::OneTimeTokens verification_tokens, reset_tokens, device_tokens, service_account_tokens;
  crypto::RefreshTokens refresh_tokens;
  SharedThrottle throttle;
  pg::Database revocation_database;  // one connection of its own: load on the others must not delay the poll
  Revocations revocations;
  redis::Subscriber revocation_news;

  health::Health health;
  meta::Meta meta;
  auth::Auth auth;
  invites::Invites invites;

  observe::Metrics metrics;
  service_accounts::ServiceAccounts service_accounts;
  ServiceTokens service_tokens;
  TokenAuthenticator authenticator;
  RouteLimiter limiter;
  HopResolver client_resolver;
  StoredReplies stored_replies;
  RequestObserver observer;
  http::Service service;
  http::Service inside;  // metrics and probes, on METRICS_PORT
  std::unique_ptr<http::Server> inside_server;

 private:
  void tell(const Ctx& ctx, const char* channel);
  void add_probes();
  void check_connections();
  bool shared_connections_ready() const;
  void declare_gauges();
  void start();
  Task<> run_until_signal();

  std::atomic<size_t> serving_ = 0;  // threads that still answer, once it drains
};

}  // namespace starter
