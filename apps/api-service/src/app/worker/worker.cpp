#include "app/worker/worker.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <stdexcept>

#include "app/infrastructure/news.h"
#include "app/worker/audit_chainer.h"
#include "app/worker/cleanup.h"
#include "starter/audit/verify.h"

namespace starter::worker {
namespace {

using namespace std::chrono_literals;

/// How long a queue may be silent before the process calls itself not ready. A full mail queue is heard of at
/// each third of its lease.
constexpr auto kStandstill = 10s;
/// Another worker links again three seconds after this one has died: an event waits for at most five.
constexpr auto kChainLease = 3s;

net::TlsClient make_tls() {
  auto made = net::TlsClient::create();
  if (!made) throw std::runtime_error("TLS can't be used: " + made.error());
  return std::move(*made);
}

mails::PostmanOptions postman_options(const Settings& s) {
  auto smtp = mail::SmtpUrl::parse(s.smtp_url);
  if (!smtp) throw std::runtime_error(std::string("SMTP_URL can't be used: ") + smtp.error());
  return {.smtp = std::move(*smtp),
          .from = s.mail_from,
          .app_url = s.app_public_url,
          .verification_ttl = s.verification_ttl,
          .reset_ttl = s.reset_ttl};
}

}  // namespace

std::vector<pg::Statement> queries() {
  std::vector<pg::Statement> out;
  for (const auto part : {queue::statements(), audit_chainer_queries(), audit_checkpoint_queries(),
                          cleanup_queries(), audit::verify_statements()}) {
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

Worker::Worker(const Settings& s, const Clock& time, observe::Logger& logger)
    : settings(s),
      clock(time),
      log(logger),
      database(io.get_executor(), time, blocking,
               {s.worker_database_url.empty() ? s.database_url : s.worker_database_url, "starter-worker", 6}),
      tls(make_tls()),
      postman(blocking, tls, postman_options(s), *crypto::Peppers::parse(s.verification_pepper),
              *crypto::Peppers::parse(s.reset_pepper)),
      audit_keys(s.audit_key_path, !s.hosted(), time),
      checkpoints(audit_keys, log, 60s),
      mail_queue(add_queue({.name = kMailQueue},
                           [this](const Ctx& ctx, queue::Claim& claim) { return postman.send(ctx, claim); })),
      mail_wakes(metrics.counter("starter_mail_wakes_total", "Words that a mail was queued.")),
      mail_news(
          io.get_executor(), blocking, redis_options(s.redis_url, tls),
          [this](auto, auto) {
            mail_wakes.add();
            mail_queue.wake();
          },
          [this] { mail_queue.wake(); }),
      health(time, s.version),
      probes(io.get_executor(), time, database, health, metrics) {
  add_queue(queue::standing_options(kAuditChainQueue, kChainLease), link_audit_events);
  add_queue(queue::standing_options(kAuditCheckpointQueue, 10s),
            [this](const Ctx& ctx, queue::Claim& claim) { return checkpoints.run(ctx, claim); });
  add_queue(queue::standing_options(kCleanupQueue, 10s),
            [this](const Ctx& ctx, queue::Claim& claim) { return clean_up(ctx, claim, log, 5min); });
  health.add({"postgres", true, [](const Ctx& ctx) -> Task<health::CheckStatus> {
                co_return ctx.database.ready() ? health::CheckStatus::ok : health::CheckStatus::failed;
              }});
  for (const auto& queue : queues) {
    health.add(
        {"queue_" + queue->name(), true, [this, each = queue.get()](const Ctx&) -> Task<health::CheckStatus> {
           co_return started_ && each->silence() < kStandstill ? health::CheckStatus::ok
                                                               : health::CheckStatus::failed;
         }});
  }
}

queue::Queue& Worker::add_queue(queue::QueueOptions options, queue::Handler handler) {
  return *queues.emplace_back(std::make_unique<queue::Queue>(io.get_executor(), clock, database, log, metrics,
                                                             std::move(options), std::move(handler)));
}

/// The standing jobs need their rows first, and the database may come up after us.
Task<> Worker::start_queues() {
  net::Timer pause(io.get_executor());
  for (const char* name : {kAuditChainQueue, kAuditCheckpointQueue, kCleanupQueue}) {
    while (!stopping_) {
      const Ctx ctx(io.get_executor(), clock, database, clock.steady() + 2s);
      if (co_await queue::ensure_standing(ctx, name)) break;
      pause.expires_after(250ms);
      co_await pause.async_wait(net::as_tuple);
    }
  }
  if (stopping_) co_return;
  for (const auto& queue : queues) spawn(io.get_executor(), "queue", queue->run());
  started_ = true;
  log.info("worker.started",
           {{"version", settings.version}, {"port", settings.metrics_port}, {"queues", queues.size()}});
}

Task<> Worker::drain(queue::Queue& queue, SteadyTime deadline, size_t& left, Completion& all) {
  co_await queue.drain(deadline);
  if (--left == 0) all.complete();
}

Task<> Worker::run_until_signal() {
  const auto executor = io.get_executor();
  asio::basic_signal_set<Executor> signals(executor, SIGTERM, SIGINT);
  co_await signals.async_wait(net::as_tuple);
  log.info("worker.draining", {{"seconds", settings.drain.count()}});
  health.begin_drain();
  stopping_ = true;
  if (started_) {
    const auto deadline = clock.steady() + settings.drain;
    size_t left = queues.size();
    Completion all;
    for (const auto& queue : queues) spawn(executor, "drain", drain(*queue, deadline, left, all));
    co_await all.wait();
  }
  mail_news.stop();
  audit_keys.stop();
  probes.stop();
  database.stop();
}

int Worker::run() {
  database.start();
  database.start_exclusive();
  probes.start(settings.host, settings.metrics_port);
  bool drained = false;
  auto until_drained = [](Worker& worker, bool& drained) -> Task<> {
    co_await worker.run_until_signal();
    drained = true;
  };
  spawn(io.get_executor(), "signals", until_drained(*this, drained));
  mail_news.subscribe(kMailChannel);
  spawn(io.get_executor(), "mail news", mail_news.run());
  spawn(io.get_executor(), "audit key", audit_keys.follow(io.get_executor()));
  spawn(io.get_executor(), "start", start_queues());
  while (!drained && io.run_one() > 0) {
  }
  io.run_for(3s);  // replies on their way, and what notices the end at its next look
  log.info("worker.stopped", {{"unfinished", unfinished()}});
  return 0;
}

}  // namespace starter::worker
