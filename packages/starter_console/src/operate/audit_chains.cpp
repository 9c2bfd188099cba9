#include "operate/audit_chains.h"

#include "operate/waiting.h"
#include "starter/net/blocking_pool.h"
#include "starter/net/timer.h"
#include "starter/postgres/database.h"

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

  Outcome<Result<audit::VerifyReport>> verify(const std::vector<crypto::VerifyingKey>& keys,
                                              const audit::VerifyOptions& options) {
    const Ctx ctx(loop_.get_executor(), Clock::system(), database_, net::deadline_in(kLongest));
    // On Ctrl-C what waits for an answer is told that none will come; it ends, and with it this.
    return run_to_end(loop_, audit::verify(ctx, keys, options), [this] { database_.stop(); });
  }

 private:
  asio::io_context loop_{1};
  net::BlockingPool blocking_{1};
  pg::Database database_;
};

}  // namespace

Outcome<audit::VerifyReport> verify_audit_chains(const Secret& url,
                                                 const std::vector<crypto::VerifyingKey>& keys,
                                                 const audit::VerifyOptions& options) {
  Session session(url);
  auto report = CHECKED(session.verify(keys, options));
  if (interrupted()) return interrupt_failure();
  if (report) return std::move(*report);
  return Failure{.code = "audit.not_read",
                 .what = "The audit log could not be read to its end.",
                 .why = std::string(report.error().cause()) + ".",
                 .fix = "starter-console release db   # when the schema is older than this console"};
}

}  // namespace starter::console::operate
