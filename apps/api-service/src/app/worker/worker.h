// The worker: the process that does what requests leave behind. Reading this class from top to bottom is
// reading its wiring diagram.
//
// Several may run; the leased queue gives each job to one of them. Everything is on one thread: the work is
// waiting for Postgres and mail servers.
#pragma once

#include <memory>

#include "app/infrastructure/keys.h"
#include "app/mail/postman.h"
#include "app/services/health/service.h"
#include "app/settings.h"
#include "app/worker/audit_checkpoints.h"
#include "app/worker/probes.h"
#include "starter/observe/log.h"
#include "starter/observe/metrics.h"
#include "starter/postgres/database.h"
#include "starter/queue/queue.h"
#include "starter/redis/subscriber.h"

namespace starter::worker {

inline constexpr const char* kMailQueue = "mail";

struct Worker {
  /// Throws with a sentence when a setting only the worker uses can't be used.
  Worker(const Settings& settings, const Clock& clock, observe::Logger& log);

  /// Works until SIGTERM or SIGINT, then drains for at most DRAIN_SECONDS. The exit code.
  int run();
  /// Whether something did not end in time. The object must not be destroyed then: end the process.
  bool unfinished() const { return !io.stopped(); }

  const Settings& settings;
  const Clock& clock;
  observe::Logger& log;
  asio::io_context io{1};
  net::BlockingPool blocking{2};
  pg::Database database;
  observe::Metrics metrics;

  net::TlsClient tls;
  mails::Postman postman;
  Keys audit_keys;
  AuditCheckpoints checkpoints;
  std::vector<std::unique_ptr<queue::Queue>> queues;
  queue::Queue& mail_queue;
  observe::Counter& mail_wakes;
  redis::Subscriber mail_news;  // wakes mail_queue, so that a mail does not wait for the next poll

  health::Health health;
  Probes probes;

 private:
  queue::Queue& add_queue(queue::QueueOptions options, queue::Handler handler);
  Task<> start_queues();
  Task<> run_until_signal();
  Task<> drain(queue::Queue& queue, SteadyTime deadline, size_t& left, Completion& all);
  bool started_ = false, stopping_ = false;
};

/// Every statement of the worker, for the test that prepares them against the migrated schema.
std::vector<pg::Statement> queries();

}  // namespace starter::worker
