// The comparison program of `./dev bench who-am-i`: SELECT 1 through the same pool, behind the same HTTP
// server on one thread, and nothing else: no token, no limits, no metrics. Usage: select_http PORT
// DATABASE_URL
#include <cstdio>
#include <cstdlib>

#include "starter/core/context.h"
#include "starter/http/server.h"
#include "starter/http/service.h"
#include "starter/net/blocking_pool.h"
#include "starter/postgres/database.h"

namespace starter {

struct App {};

namespace benchmark {

struct One {
  int64_t value;
};
BOOST_DESCRIBE_STRUCT(One, (), (value))

constexpr pg::Query<pg::Entry, One> kSelectOne{.name = "select_one", .sql = "SELECT 1::bigint AS value"};

Task<Result<One>> select_one(const Ctx& ctx) {
  return ctx.entry().one(kSelectOne);
}

constexpr http::Route kRoutes[] = {
    http::get<select_one>("/one", {.summary = "SELECT 1", .access = http::Access::anyone})};

}  // namespace benchmark
}  // namespace starter

int main(int count, char** arguments) {
  using namespace starter;
  if (count != 3) {
    std::fputs("usage: select_http PORT DATABASE_URL\n", stderr);
    return 2;
  }
  asio::io_context io{1};
  net::BlockingPool blocking(1);
  pg::Database database(
      io.get_executor(), Clock::system(), blocking,
      {.url = Secret(arguments[2]), .application_name = "benchmark", .exclusive_connections = 0});
  database.start();
  while (!database.ready()) io.run_one_for(std::chrono::milliseconds(10));
  App app;
  http::Service service(app, {benchmark::kRoutes[0]}, {.allowed_hosts = {"*"}, .allowed_origins = {}});
  http::Server server(io.get_executor(), Clock::system(), database, service,
                      {.address = "127.0.0.1", .port = static_cast<uint16_t>(std::atoi(arguments[1]))});
  server.start();
  io.run();
}
