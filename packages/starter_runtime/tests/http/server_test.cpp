#include "starter/http/server.h"

#include <gtest/gtest.h>

#include <boost/asio/write.hpp>
#include <thread>

#include "http/notes.h"

namespace starter::http {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

class Drain : public testing::Test {
 protected:
  Drain() { server_.start(); }

  void begin(std::chrono::milliseconds patience, std::chrono::milliseconds quiet) {
    spawn(io_.get_executor(), "drain", server_.drain(Clock::system().steady() + patience, quiet));
  }
  /// Whether the loop runs out of work, which is how a process of ours ends.
  bool ends() {
    io_.run_for(20s);
    return io_.stopped();
  }

  asio::io_context io_{1};
  net::BlockingPool blocking_{1};
  pg::Database database_{
      io_.get_executor(), Clock::system(), blocking_, {Secret("postgresql://nowhere"), "notes", 0, 0}};
  notes::Desk desk_;
  Server server_{io_.get_executor(), Clock::system(), database_, desk_.service, {}};
};

TEST_F(Drain, ASweepThatIsDueAtTheSameMomentIsTheLast) {
  begin(10s, 100ms);
  // The loop is held up until both are due: the end of the quiet time and, behind it, the first sweep.
  asio::post(io_, [] { std::this_thread::sleep_for(400ms); });
  EXPECT_TRUE(ends());
}

TEST_F(Drain, AClientInTheMiddleOfItsRequestHoldsItUpToTheDeadlineAndNoLonger) {
  tcp::socket client(io_);
  client.connect({asio::ip::make_address("127.0.0.1"), server_.port()});
  asio::write(client,
              asio::buffer(std::string_view("POST /notes HTTP/1.1\r\nHost: localhost\r\n"
                                            "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{")));
  while (server_.connections() == 0) io_.run_one();
  begin(500ms, 0ms);
  EXPECT_TRUE(ends());
  EXPECT_EQ(server_.connections(), 0u);
}

}  // namespace
}  // namespace starter::http
