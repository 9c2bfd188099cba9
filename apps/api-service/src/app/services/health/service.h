// Is this process alive, and can it serve?
#pragma once

#include <atomic>
#include <functional>

#include "starter/core/context.h"

namespace starter {
struct App;
}

namespace starter::health {

enum class CheckStatus { ok, degraded, failed };
BOOST_DESCRIBE_ENUM(CheckStatus, ok, degraded, failed)
enum class LiveStatus { alive };
BOOST_DESCRIBE_ENUM(LiveStatus, alive)
enum class ReadyStatus { ready, not_ready, draining };
BOOST_DESCRIBE_ENUM(ReadyStatus, ready, not_ready, draining)

struct Live {
  LiveStatus status = LiveStatus::alive;
  std::string version;
  int64_t uptime_seconds;
  Timestamp timestamp;
};
BOOST_DESCRIBE_STRUCT(Live, (), (status, version, uptime_seconds, timestamp))

/// One dependency: its state and how long the answer took. Never an exception's text.
struct Check {
  std::string name;
  CheckStatus status;
  int64_t milliseconds;
};
BOOST_DESCRIBE_STRUCT(Check, (), (name, status, milliseconds))

struct Ready {
  ReadyStatus status;
  std::vector<Check> checks;
};
BOOST_DESCRIBE_STRUCT(Ready, (), (status, checks))

/// A dependency's check; `gates` decides whether its failure makes the process not ready.
struct Probe {
  std::string name;
  bool gates;
  std::function<Task<CheckStatus>(const Ctx&)> run;
};

class Health {
 public:
  Health(const Clock& clock, std::string version)
      : clock_(clock),
        version_(std::move(version)),
        began_(clock.steady()) {}

  void add(Probe probe) { probes_.push_back(std::move(probe)); }

  Live live(const Ctx& ctx) const;
  Task<Ready> ready(const Ctx& ctx) const;

  /// From now on not ready: the load balancer looks elsewhere while what is under way ends.
  void begin_drain() { draining_ = true; }
  bool draining() const { return draining_; }

 private:
  const Clock& clock_;
  const std::string version_;
  const SteadyTime began_;
  std::vector<Probe> probes_;
  std::atomic<bool> draining_ = false;
};

Health& inject(App& app, std::type_identity<Health>);

}  // namespace starter::health
