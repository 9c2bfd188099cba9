#include "starter/postgres/database.h"

#include <algorithm>

namespace starter::pg {

using std::chrono::milliseconds;

/// So that the refusal is with the client within 250 ms.
constexpr milliseconds kPatience{200};

struct Database::Waiter {
  explicit Waiter(Executor executor, std::optional<Uuid> id) : tenant(id), timer(executor) {}
  std::optional<Uuid> tenant;
  Connection* given = nullptr;
  net::Timer timer;
};

Lease::~Lease() {
  database_.give_back(connection_, tenant_);
}

Database::Database(Executor executor, const Clock& clock, net::BlockingPool& blocking,
                   DatabaseOptions options)
    : executor_(executor),
      clock_(clock),
      options_(std::move(options)),
      shared_(executor, clock, blocking,
              {.url = options_.url, .application_name = options_.application_name, .on_up = options_.on_up}) {
  for (size_t i = 0; i < options_.exclusive_connections; ++i) {
    exclusive_.push_back(std::make_unique<Connection>(
        executor, clock, blocking,
        ConnectionOptions{.url = options_.url,
                          .application_name = options_.application_name + "-transactions",
                          .on_up = [this] { serve_waiters(); },
                          .may_open = [this] { return may_open_(); }}));
    free_.push_back(exclusive_.back().get());
  }
}

Database::~Database() = default;

void Database::start() {
  spawn(executor_, "postgres shared connection", shared_.maintain());
}

void Database::start_exclusive() {
  start_exclusive([this] { return shared_ready(); });
}

void Database::start_exclusive(std::function<bool()> may_open) {
  may_open_ = std::move(may_open);
  for (auto& connection : exclusive_)
    spawn(executor_, "postgres exclusive connection", connection->maintain());
}

void Database::stop() {
  shared_.stop();
  for (auto& connection : exclusive_) connection->stop();
}

Task<Result<Rows>> Database::run(Scope scope, Statement statement, Parameters parameters,
                                 SteadyTime deadline) {
  if (!statement.writes || exclusive_.empty())
    co_return co_await shared_.run(scope, statement, std::move(parameters), deadline);
  const auto lease = CO_TRY(co_await this->lease(scope.tenant, deadline));
  co_return co_await lease->connection().run(scope, statement, std::move(parameters), deadline);
}

bool Database::ready() const {
  return shared_.ready() &&
         (exclusive_.empty() || std::any_of(exclusive_.begin(), exclusive_.end(),
                                            [](const auto& c) { return c->ready() || c->coming(); }));
}

size_t Database::missing() const {
  const auto closed =
      std::count_if(exclusive_.begin(), exclusive_.end(), [](const auto& c) { return !c->ready(); });
  return static_cast<size_t>(closed) + (shared_.ready() ? 0 : 1);
}

size_t Database::share() const {
  return std::max<size_t>(1, exclusive_.size() / 2);
}

size_t Database::held_by(const std::optional<Uuid>& tenant) const {
  return static_cast<size_t>(std::count(holders_.begin(), holders_.end(), tenant));
}

bool Database::leaves_enough(const std::optional<Uuid>& tenant) const {
  if (!tenant || held_by(tenant) < share()) return true;
  return std::count_if(free_.begin(), free_.end(), [](Connection* c) { return c->ready(); }) > 1;
}

Connection* Database::take_free(const std::optional<Uuid>& tenant) {
  if (!leaves_enough(tenant)) return nullptr;
  const auto ready = std::find_if(free_.rbegin(), free_.rend(), [](Connection* c) { return c->ready(); });
  if (ready == free_.rend()) return nullptr;
  Connection* taken = *ready;
  free_.erase(std::next(ready).base());
  holders_.push_back(tenant);
  ++leased_;
  return taken;
}

Task<Result<std::unique_ptr<Lease>>> Database::lease(std::optional<Uuid> tenant, SteadyTime deadline) {
  const bool over_share = !waiting_.empty() && tenant && held_by(tenant) >= share();
  if (!over_share) {
    if (Connection* connection = take_free(tenant))
      co_return std::make_unique<Lease>(*this, *connection, tenant);
  }
  if (!shared_.ready()) {
    co_return Problem{problems::unavailable, shared_.last_error()}.with_retry_after(std::chrono::seconds(1));
  }
  if (waiting_.size() >= options_.max_waiting) {
    co_return Problem{problems::unavailable, "too many requests wait for a transaction"}.with_retry_after(
        std::chrono::seconds(1));
  }
  auto waiter = std::make_shared<Waiter>(executor_, tenant);
  waiting_.push_back(waiter);
  const auto patience =
      std::min(std::chrono::duration_cast<milliseconds>(deadline - clock_.steady()), kPatience);
  waiter->timer.expires_after(patience);
  boost::system::error_code cancelled;
  co_await waiter->timer.async_wait(asio::redirect_error(use_task, cancelled));
  std::erase(waiting_, waiter);
  if (!waiter->given) {
    co_return Problem{problems::unavailable, "no transaction was free in time"}.with_retry_after(
        std::chrono::seconds(1));
  }
  co_return std::make_unique<Lease>(*this, *waiter->given, tenant);
}

void Database::give_back(Connection& connection, const std::optional<Uuid>& tenant) {
  free_.push_back(&connection);
  if (const auto held = std::find(holders_.begin(), holders_.end(), tenant); held != holders_.end())
    holders_.erase(held);
  --leased_;
  serve_waiters();
}

void Database::serve_waiters() {
  // First come, first served among those below their share; if all are above it, the share no longer matters.
  auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiter) {
    return !waiter->given && (!waiter->tenant || held_by(waiter->tenant) < share());
  });
  if (next == waiting_.end()) {
    next = std::find_if(waiting_.begin(), waiting_.end(), [](const auto& waiter) { return !waiter->given; });
  }
  if (next == waiting_.end()) return;
  (*next)->given = take_free((*next)->tenant);
  if ((*next)->given) (*next)->timer.cancel();
}

}  // namespace starter::pg
