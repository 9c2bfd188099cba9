#include "app/composition.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "app/infrastructure/connection_budget.h"
#include "app/infrastructure/descriptors.h"
#include "app/infrastructure/news.h"
#include "app/infrastructure/schema.h"
#include "app/services/account/feature.h"
#include "app/services/audit/feature.h"
#include "app/services/auth/feature.h"
#include "app/services/auth/problems.h"
#include "app/services/health/feature.h"
#include "app/services/invites/feature.h"
#include "app/services/members/feature.h"
#include "app/services/meta/feature.h"
#include "app/services/operations/feature.h"
#include "app/services/projects/feature.h"
#include "app/services/service_accounts/feature.h"
#include "app/services/tenants/feature.h"
#include "app/worker/audit_chainer.h"
#include "app/worker/audit_checkpoints.h"
#include "app/worker/cleanup.h"
#include "starter/audit/verify.h"
#include "starter/core/report.h"
#include "starter/core/text.h"
#include "starter/crypto/hash.h"
#include "starter/http/openapi.h"
#include "starter/net/timer.h"
#include "starter/postgres/idempotency.h"
#include "starter/providers/registry.h"
#include "starter/queue/job.h"

namespace starter {
namespace {

using namespace std::chrono_literals;

/// Load balancers need a moment to see that the process is not ready; until then it answers as before.
constexpr auto kQuiet = 500ms;

crypto::Peppers peppers(const Secret& setting) {
  return *crypto::Peppers::parse(setting);
}

auth::AuthOptions auth_options(const Settings& s) {
  return {.issuer = s.issuer,
          .audience = s.audience,
          .bucket_key = peppers(s.secret_key).derive("starter throttle buckets v1").first(),
          .access_ttl = s.access_ttl,
          .refresh_ttl = s.refresh_ttl,
          .verification_ttl = s.verification_ttl,
          .reset_ttl = s.reset_ttl,
          .public_sign_up = s.public_sign_up,
          .password_history = s.password_history};
}

net::TlsClient system_tls() {
  auto tls = net::TlsClient::create();
  if (!tls) throw std::runtime_error(tls.error());
  return std::move(*tls);
}

std::vector<Secret> split_secrets(const Secret& joined) {
  std::vector<Secret> out;
  for (const auto part : parts_of(joined.reveal())) out.emplace_back(std::string(part));
  return out;
}

std::vector<http::Route> inside_routes() {
  std::vector<http::Route> out(health::routes().begin(), health::routes().end());
  out.insert(out.end(), operations::routes().begin(), operations::routes().end());
  return out;
}

Keys keys_of(const Settings& s, const Clock& clock) {
  if (s.keyset_provider.empty()) return Keys(s.keyset_path, !s.hosted(), clock);
  auto open = [provider = s.keyset_provider, environment = s.provider_environment](Executor executor) {
    auto store = providers::open_secret_store(provider, executor, environment);
    if (!store) throw std::runtime_error(store.error());
    return std::move(*store);
  };
  return Keys({.open = std::move(open), .name = s.keyset_secret, .every = s.keyset_poll}, clock);
}

/// Empty without a signing secret: the API then says so to whoever orders a token.
std::unique_ptr<providers::RequestSigner> signer_of(const Settings& s) {
  auto signer = providers::open_request_signer(s.provider_environment);
  return signer ? std::move(*signer) : nullptr;
}

std::set<std::string, std::less<>> scopes_of(const std::vector<http::Route>& routes) {
  std::set<std::string, std::less<>> out;
  for (const auto& route : routes) {
    if (!route.options.scope.empty()) out.emplace(route.options.scope);
  }
  return out;
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
      {"service accounts", service_accounts::routes(), service_accounts::queries()},
      {"audit", audit::routes(), audit::queries()},
      {"projects", projects::routes(), projects::queries()},
      {"idempotency", {}, pg::idempotency_queries()},
      {"revocations", {}, revocation_queries()},
      {"schema", {}, schema_queries()},
      {"connection budget", {}, connection_budget_queries()},
      {"queue", {}, queue::statements(), "starter_worker"},
      {"audit chain", {}, worker::audit_chainer_queries(), "starter_worker"},
      {"audit checkpoints", {}, worker::audit_checkpoint_queries(), "starter_worker"},
      {"audit verification", {}, audit::verify_statements(), "starter_worker"},
      {"cleanup", {}, worker::cleanup_queries(), "starter_worker"},
  };
}

std::vector<http::Route> all_routes() {
  std::vector<http::Route> out;
  for (const auto& feature : features()) out.insert(out.end(), feature.routes.begin(), feature.routes.end());
  return out;
}

std::string describe_api() {
  const auto routes = all_routes();
  static constexpr const ProblemType* kBearer[] = {
      &auth::problems::bearer_invalid, &auth::problems::bearer_expired, &auth::problems::bearer_stale,
      &auth::problems::session_ended, &service_accounts::problems::token_refused};
  return http::openapi_document(routes,
                                {.title = "Starter API",
                                 .version = "1",
                                 .description = "The API of the Starter: sessions, people, tenants.",
                                 .authentication = kBearer,
                                 .choices = {{&type_of<service_accounts::Scope>, scopes_of(routes)}}});
}

Core::Core(size_t number, const Settings& settings, const Clock& clock, net::BlockingPool& blocking,
           const net::TlsClient& tls)
    : index(number),
      database(io.get_executor(), clock, blocking,
               {settings.database_url, "starter-api", settings.database_pool}),
      redis(io.get_executor(), blocking, redis_options(settings.redis_url, tls)) {}

App::App(const Settings& s, const Clock& time, observe::Logger& logger)
    : settings(s),
      clock(time),
      log(logger),
      tls(system_tls()),
      cores([&] {
        std::vector<std::unique_ptr<Core>> out;
        for (size_t i = 0; i < thread_count(s); ++i)
          out.push_back(std::make_unique<Core>(i, s, time, blocking, tls));
        return out;
      }()),
      keys(keys_of(s, time)),
      hasher(peppers(s.password_pepper)),
      passwords(hasher, time),
      verification_tokens(peppers(s.verification_pepper)),
      reset_tokens(peppers(s.reset_pepper)),
      device_tokens(peppers(s.secret_key)),
      service_account_tokens(peppers(s.refresh_pepper)),
      refresh_tokens(peppers(s.refresh_pepper)),
      throttle([&] {
        std::vector<redis::Client*> clients;
        for (auto& core : cores) clients.push_back(&core->redis);
        return clients;
      }()),
      revocation_database(cores[0]->io.get_executor(), time, blocking,
                          {.url = s.database_url,
                           .application_name = "starter-api-revocations",
                           .exclusive_connections = 0,
                           .on_up =
                               [this] {
                                 revocations.wake();
                                 check_connections();
                               }}),
      revocations(cores[0]->io.get_executor(), time, revocation_database),
      revocation_news(
          cores[0]->io.get_executor(), blocking, redis_options(s.redis_url, tls),
          [this](auto, auto) { revocations.wake(); }, [this] { revocations.wake(); }),
      health(time, s.version),
      meta(keys, s.jwks_max_age),
      auth(auth_options(s),
           {passwords, keys, throttle, verification_tokens, reset_tokens, verification_tokens, device_tokens,
            refresh_tokens},
           cores.size()),
      invites(verification_tokens),
      service_accounts({.audience = s.audience, .scopes = scopes_of(all_routes())}, service_account_tokens,
                       signer_of(s), metrics),
      service_tokens(service_account_tokens, revocations, metrics, cores.size()),
      authenticator(keys, revocations, service_tokens,
                    {.issuer = s.issuer, .audience = s.audience, .accept_service = false}, cores.size()),
      limiter(throttle, s.rate_limit_factor, cores.size()),
      client_resolver(split_secrets(s.web_tier_secret), s.trusted_proxies),
      stored_replies(peppers(s.secret_key)),
      observer(log, metrics, all_routes()),
      service(*this, all_routes(),
              {.allowed_hosts = s.allowed_hosts,
               .allowed_origins = s.allowed_origins,
               .explain_problems = s.debug}),
      inside(*this, inside_routes(), {.allowed_hosts = {"*"}, .allowed_origins = {}}) {
  meta.openapi = std::make_shared<const std::string>(describe_api());
  service.authenticator = &authenticator;
  service.limiter = &limiter;
  service.client_resolver = &client_resolver;
  service.idempotency = &stored_replies;
  service.observer = &observer;
  service.on_revoked = [this](const Ctx& ctx) {
    revocations.wake();
    tell(ctx, kRevocationChannel);
  };
  service.on_mail_queued = [this](const Ctx& ctx) { tell(ctx, kMailChannel); };
}

App::~App() = default;

void App::add_probes() {
  // Of every thread: the probe lands on one of them, the requests that follow it on any.
  health.add({"postgres", true, [this](const Ctx&) -> Task<health::CheckStatus> {
                const bool all = std::all_of(cores.begin(), cores.end(),
                                             [](const auto& core) { return core->database.ready(); });
                co_return all ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  health.add({"schema", true, schema_is_current});
  health.add({"revocations", true, [this](const Ctx&) -> Task<health::CheckStatus> {
                co_return revocations.loaded() && revocations.age() < 1500ms ? health::CheckStatus::ok
                                                                             : health::CheckStatus::failed;
              }});
  health.add({"keyset", true, [this](const Ctx&) -> Task<health::CheckStatus> {
                co_return keys.current() ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  // Limits go on without Redis, so its absence is told and gates nothing.
  health.add({"redis", false, [this](const Ctx& ctx) -> Task<health::CheckStatus> {
                const auto state = cores[ctx.core]->redis.state();
                co_return state.connected && !state.breaker_open ? health::CheckStatus::ok
                                                                 : health::CheckStatus::degraded;
              }});
}

/// The others look by themselves before long; a word through Redis makes them look at once.
void App::tell(const Ctx& ctx, const char* channel) {
  auto publish = [](redis::Client& redis, const char* to, SteadyTime until) -> Task<> {
    std::vector<std::string> words{"PUBLISH", to, ""};
    static_cast<void>(co_await redis.command(std::move(words), until));
  };
  spawn(ctx.executor, "tell", publish(cores[ctx.core]->redis, channel, clock.steady() + 200ms));
}

void App::check_connections() {
  const auto missing = [this] {
    size_t all = 0;
    for (const auto& core : cores) all += core->database.missing();
    return all;
  };
  const auto first = cores[0]->io.get_executor();
  spawn(first, "connection budget",
        check_connection_budget(Ctx(first, clock, revocation_database, clock.steady() + 2s), missing, log));
}

void App::declare_gauges() {
  metrics.gauge_function("starter_password_queue", "Password hashes that wait or run.",
                         [this] { return static_cast<double>(passwords.stats().queued); });
  metrics.gauge_function("starter_password_refused_total",
                         "Password hashes refused because they would have been late.",
                         [this] { return static_cast<double>(passwords.stats().refused); });
  metrics.gauge_function("starter_revocations_age_seconds", "Age of the last good poll of revocations.",
                         [this] { return std::chrono::duration<double>(revocations.age()).count(); });
  metrics.gauge_function("starter_throttle_fallbacks_total",
                         "Limits judged by this process alone because Redis did not answer.",
                         [this] { return static_cast<double>(throttle.fallbacks()); });
  for (const auto& core : cores) {
    const observe::Labels thread{{"thread", std::to_string(core->index)}};
    const auto redis_gauge = [&](std::string_view name, std::string_view help, auto read) {
      metrics.gauge_function(
          name, help, [&client = core->redis, read] { return static_cast<double>(read(client.vitals())); },
          thread);
    };
    using redis::Vitals;
    redis_gauge("starter_redis_connected", "1 while this thread has a connection to Redis.",
                [](const Vitals& v) { return v.connected; });
    redis_gauge("starter_redis_breaker_open",
                "1 while Redis is not asked because it missed too many deadlines in a row.",
                [](const Vitals& v) { return v.tripped; });
    redis_gauge("starter_redis_reconnects_total", "Connections to Redis after the first.",
                [](const Vitals& v) { return v.reconnects; });
    redis_gauge("starter_redis_missed_total", "Commands that Redis did not answer in time.",
                [](const Vitals& v) { return v.missed; });
    redis_gauge("starter_redis_refused_total", "Commands that were not sent: no connection, or the breaker.",
                [](const Vitals& v) { return v.refused; });
  }
  metrics.gauge_function("starter_log_lines_dropped_total", "Log lines lost because the sink was too slow.",
                         [this] { return static_cast<double>(log.dropped()); });
}

bool App::shared_connections_ready() const {
  return revocation_database.shared_ready() &&
         std::ranges::all_of(cores, [](const auto& core) { return core->database.shared_ready(); });
}

void App::start() {
  add_probes();
  declare_gauges();
  const auto clients = clients_per_thread(allow_all_descriptors(), cores.size());
  revocation_database.start();
  for (auto& core : cores) core->database.start();
  for (auto& core : cores) {
    core->database.start_exclusive([this] { return shared_connections_ready(); });
    spawn(core->io.get_executor(), "redis", core->redis.run());
    core->server = std::make_unique<http::Server>(core->io.get_executor(), clock, core->database, service,
                                                  http::ServerOptions{.address = settings.host,
                                                                      .port = settings.port,
                                                                      .core = core->index,
                                                                      .max_connections = clients});
    core->server->start();
  }
  const auto first = cores[0]->io.get_executor();
  inside_server = std::make_unique<http::Server>(
      first, clock, cores[0]->database, inside,
      http::ServerOptions{.address = settings.host, .port = settings.metrics_port});
  inside_server->start();
  spawn(first, "revocations", revocations.follow());
  revocation_news.subscribe(kRevocationChannel);
  spawn(first, "revocation news", revocation_news.run());
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
  serving_ = cores.size();
  // Each thread drains its own connections and then lets go of its database, so that its loop runs out of
  // work.
  for (auto& core : cores) {
    auto drain = [](App& app, Core& core, SteadyTime until) -> Task<> {
      co_await core.server->drain(until, kQuiet);
      --app.serving_;
      if (core.index == 0) {
        // What every thread reads goes on until the last of them has answered.
        net::Timer pause(core.io.get_executor());
        boost::system::error_code ignored;
        while (app.serving_ > 0 && app.clock.steady() < until) {
          pause.expires_after(10ms);
          co_await pause.async_wait(asio::redirect_error(use_task, ignored));
        }
        co_await app.inside_server->drain(until, 0ms);
        app.revocation_news.stop();
        app.revocations.stop();
        app.revocation_database.stop();
        app.keys.stop();
      }
      core.redis.stop();
      core.database.stop();
    };
    spawn(core->io.get_executor(), "drain", drain(*this, *core, deadline));
  }
}

int App::serve() {
  start();
  log.info("service.started",
           {{"version", settings.version}, {"port", settings.port}, {"threads", cores.size()}});
  std::vector<std::thread> threads;
  for (size_t i = 1; i < cores.size(); ++i) threads.emplace_back([this, i] { cores[i]->io.run(); });
  cores[0]->io.run();
  for (auto& thread : threads) thread.join();
  log.info("service.stopped");
  return 0;
}

auth::Auth& auth::inject(App& app, std::type_identity<Auth>) {
  return app.auth;
}
health::Health& health::inject(App& app, std::type_identity<Health>) {
  return app.health;
}
invites::Invites& invites::inject(App& app, std::type_identity<Invites>) {
  return app.invites;
}
service_accounts::ServiceAccounts& service_accounts::inject(App& app, std::type_identity<ServiceAccounts>) {
  return app.service_accounts;
}
observe::Metrics& inject(App& app, std::type_identity<observe::Metrics>) {
  return app.metrics;
}
meta::Meta& meta::inject(App& app, std::type_identity<Meta>) {
  return app.meta;
}

}  // namespace starter
