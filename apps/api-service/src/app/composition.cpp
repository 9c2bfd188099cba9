#include "app/composition.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "app/services/account/feature.h"
#include "app/services/audit/feature.h"
#include "app/services/auth/feature.h"
#include "app/services/auth/problems.h"
#include "app/services/health/feature.h"
#include "app/services/invites/feature.h"
#include "app/services/members/feature.h"
#include "app/services/meta/feature.h"
#include "app/services/projects/feature.h"
#include "app/services/tenants/feature.h"
#include "starter/core/report.h"
#include "starter/crypto/hash.h"
#include "starter/http/openapi.h"
#include "starter/postgres/idempotency.h"

namespace starter {
namespace {

using namespace std::chrono_literals;

crypto::Peppers peppers(const Secret& setting) { return *crypto::Peppers::parse(setting); }

auth::AuthOptions auth_options(const Settings& s) {
  return {.issuer = s.issuer,
          .audience = s.audience,
          .bucket_key = crypto::hkdf_sha256(s.secret_key.reveal(), "", "starter throttle buckets v1", 32),
          .access_ttl = s.access_ttl,
          .refresh_ttl = s.refresh_ttl,
          .verification_ttl = s.verification_ttl,
          .reset_ttl = s.reset_ttl,
          .public_sign_up = s.public_sign_up,
          .password_history = s.password_history};
}

size_t thread_count(const Settings& settings) {
  return settings.threads ? settings.threads : std::max<size_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

std::vector<Feature> features() {
  return {
      {"health", health::routes(), {}},
      {"meta", meta::routes(), {}},
      {"auth", auth::routes(), auth::queries()},
      {"account", account::routes(), account::queries()},
      {"tenants", tenants::routes(), tenants::queries()},
      {"members", members::routes(), members::queries()},
      {"invites", invites::routes(), invites::queries()},
      {"audit", audit::routes(), audit::queries()},
      {"projects", projects::routes(), projects::queries()},
      {"idempotency", {}, pg::idempotency_queries()},
      {"revocations", {}, revocation_queries()},
  };
}

std::vector<http::Route> all_routes() {
  std::vector<http::Route> out;
  for (const auto& feature : features()) out.insert(out.end(), feature.routes.begin(), feature.routes.end());
  return out;
}

std::string describe_api() {
  const auto routes = all_routes();
  static constexpr const ProblemType* kBearer[] = {&auth::problems::bearer_invalid, &auth::problems::bearer_expired,
                                                   &auth::problems::bearer_stale, &auth::problems::session_ended};
  return http::openapi_document(routes, {"Starter API", "1", "The API of the Starter: sessions, people, tenants.", kBearer});
}

Core::Core(size_t number, const Settings& settings, const Clock& clock, BlockingPool& blocking)
    : index(number),
      database(io.get_executor(), clock, blocking, {settings.database_url, "starter-api", settings.database_pool}) {}

App::App(const Settings& s, const Clock& time, observe::Logger& logger)
    : settings(s),
      clock(time),
      log(logger),
      cores([&] {
        std::vector<std::unique_ptr<Core>> out;
        for (size_t i = 0; i < thread_count(s); ++i) out.push_back(std::make_unique<Core>(i, s, time, blocking));
        return out;
      }()),
      keys(s.keyset_path, !s.hosted(), time),
      hasher(peppers(s.password_pepper)),
      passwords(hasher, time),
      verification_tokens(peppers(s.verification_pepper)),
      reset_tokens(peppers(s.reset_pepper)),
      device_tokens(peppers(s.secret_key)),
      refresh_tokens(peppers(s.refresh_pepper)),
      revocations(cores[0]->io.get_executor(), time, cores[0]->database),
      health(time, s.version),
      meta(keys, s.jwks_max_age),
      auth(auth_options(s),
           {passwords, keys, throttle, verification_tokens, reset_tokens, verification_tokens, device_tokens, refresh_tokens},
           cores.size()),
      invites(verification_tokens),
      authenticator(keys, revocations, {.issuer = s.issuer, .audience = s.audience}, cores.size()),
      stored_replies(crypto::hkdf_sha256(s.secret_key.reveal(), "", "starter stored replies v1", 32)),
      observer(log),
      service(*this, all_routes(),
              {.allowed_hosts = s.allowed_hosts, .allowed_origins = s.allowed_origins, .explain_problems = s.debug}) {
  meta.openapi = describe_api();
  service.authenticator = &authenticator;
  service.idempotency = &stored_replies;
  service.observer = &observer;
}

App::~App() = default;

void App::start() {
  health.add({"postgres", true, [](const Ctx& ctx) -> Task<health::CheckStatus> {
                co_return ctx.database.ready() ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  health.add({"revocations", true, [this](const Ctx&) -> Task<health::CheckStatus> {
                co_return revocations.loaded() && revocations.age() < 2s ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  health.add({"keyset", true, [this](const Ctx&) -> Task<health::CheckStatus> {
                co_return keys.current() ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  for (auto& core : cores) {
    core->database.start();
    core->server = std::make_unique<http::Server>(core->io.get_executor(), clock, core->database, service,
                                                  http::ServerOptions{.address = settings.host, .port = settings.port, .core = core->index});
    core->server->start();
  }
  const auto first = cores[0]->io.get_executor();
  spawn(first, "revocations", revocations.follow());
  spawn(first, "keyset", keys.follow(first));
  spawn(first, "signals", run_until_signal());
}

Task<> App::run_until_signal() {
  const auto executor = co_await asio::this_coro::executor;
  asio::basic_signal_set<Executor> signals(executor, SIGTERM, SIGINT);
  boost::system::error_code ignored;
  co_await signals.async_wait(asio::redirect_error(use_task, ignored));
  log.info("service.draining", {{"seconds", settings.drain.count()}});
  health.begin_drain();
  const auto deadline = clock.steady() + settings.drain;
  // Load balancers need a moment to see that the process is not ready; until then it answers as before.
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor> pause(executor);
  pause.expires_after(500ms);
  co_await pause.async_wait(asio::redirect_error(use_task, ignored));
  // Each thread drains its own connections and then lets go of its database, so that its loop runs out of work.
  for (auto& core : cores) {
    auto drain = [](App& app, Core& core, SteadyTime until) -> Task<> {
      co_await core.server->drain(until);
      if (core.index == 0) app.revocations.stop(), app.keys.stop();
      core.database.stop();
    };
    spawn(core->io.get_executor(), "drain", drain(*this, *core, deadline));
  }
}

int App::serve() {
  start();
  log.info("service.started", {{"version", settings.version}, {"port", settings.port}, {"threads", cores.size()}});
  std::vector<std::thread> threads;
  for (size_t i = 1; i < cores.size(); ++i) threads.emplace_back([this, i] { cores[i]->io.run(); });
  cores[0]->io.run();
  for (auto& thread : threads) thread.join();
  log.info("service.stopped");
  return 0;
}

auth::Auth& auth::inject(App& app, std::type_identity<Auth>) { return app.auth; }
health::Health& health::inject(App& app, std::type_identity<Health>) { return app.health; }
invites::Invites& invites::inject(App& app, std::type_identity<Invites>) { return app.invites; }
meta::Meta& meta::inject(App& app, std::type_identity<Meta>) { return app.meta; }

}  // namespace starter
