#include "operate/audit_chains.h"

#include <boost/asio/co_spawn.hpp>

#include "starter/net/blocking_pool.h"
#include "starter/net/timer.h"
#include "starter/postgres/database.h"
#include "system/process.h"

namespace starter::console::operate {

using namespace std::chrono_literals;

namespace {

constexpr auto kLongest = 12h;  // each statement has a minute of its own
constexpr auto kToConnect = 10s;

/// One connection, and the loop that it lives on.
class Session {
 public:
  explicit Session(const Secret& url)
      : database_(loop_.get_executor(), Clock::system(), blocking_, {url, "starter-console", 1}) {
    database_.start();
    const auto end = Clock::system().steady() + kToConnect;
    while (!database_.ready() && Clock::system().steady() < end && !interrupted()) loop_.run_one_for(20ms);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    database_.stop();
    loop_.restart();
    loop_.run_for(100ms);
  }

  Result<audit::VerifyReport> verify(const crypto::Keyset& keys, const audit::VerifyOptions& options) {
    const Ctx ctx(loop_.get_executor(), Clock::system(), database_, net::deadline_in(kLongest));
    std::optional<Result<audit::VerifyReport>> result;
    std::exception_ptr thrown;
    asio::co_spawn(loop_.get_executor(), audit::verify(ctx, keys, options),
                   [&](std::exception_ptr error, Result<audit::VerifyReport> value) {
                     thrown = error;
                     result.emplace(std::move(value));
                   });
    loop_.restart();
    for (bool stopped = false; !result;) {
      // What waits for an answer is told that none will come; it ends, and with it this.
      if (interrupted() && !std::exchange(stopped, true)) database_.stop();
      loop_.run_one_for(100ms);
    }
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

 private:
  asio::io_context loop_{1};
  net::BlockingPool blocking_{1};
  pg::Database database_;
};

}  // namespace

Outcome<audit::VerifyReport> verify_audit_chains(const Secret& url, const crypto::Keyset& keys,
                                                 const audit::VerifyOptions& options) {
  Session session(url);
  auto report = session.verify(keys, options);
  if (interrupted()) return interrupt_failure();
  if (report) return std::move(*report);
  return Failure{.code = "audit.not_read",
                 .what = "The audit log could not be read to its end.",
                 .why = std::string(report.error().cause()) + ".",
                 .fix = "starter-console release db   # when the schema is older than this console"};
}

}  // namespace starter::console::operate
