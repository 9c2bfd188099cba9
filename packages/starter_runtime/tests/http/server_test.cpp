#include "starter/http/server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <future>
#include <thread>

#include "http/notes.h"

namespace starter::http {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

class Serving : public testing::Test {
 protected:
  explicit Serving(const ServerOptions& options = {})
      : server_(io_.get_executor(), Clock::system(), database_, desk_.service, options) {
    server_.start();
  }

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
  Server server_;
};

class Drain : public Serving {};

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

// --- clients that are slow

/// Each test gives one step little time; the other two have more than the test may last.
class Slow : public Serving {
 protected:
  using Serving::Serving;
  ~Slow() override {
    begin(10s, 0ms);
    ends();
  }

  /// What comes back until the server closes, for these pieces with `pause` behind each. A server that keeps
  /// the connection is "timed out".
  std::string talk(const std::vector<std::string>& pieces, std::chrono::milliseconds pause = 0ms) {
    auto client = std::async(std::launch::async, [&] {
      asio::io_context io;
      tcp::socket socket(io);
      socket.connect({asio::ip::make_address("127.0.0.1"), server_.port()});
      const timeval patience{.tv_sec = 10, .tv_usec = 0};
      ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      boost::system::error_code error;
      for (const auto& piece : pieces) {
        asio::write(socket, asio::buffer(piece), error);
        if (error) break;
        std::this_thread::sleep_for(pause);
      }
      std::string out;
      char buffer[4096];
      ssize_t got = 0;
      while ((got = ::recv(socket.native_handle(), buffer, sizeof buffer, 0)) > 0)
        out.append(buffer, static_cast<size_t>(got));
      return got < 0 && errno == EAGAIN ? out + "timed out" : out;
    });
    while (client.wait_for(0s) != std::future_status::ready) io_.run_one_for(10ms);
    return client.get();
  }

  static void expect_late(const std::string& back) {
    ASSERT_TRUE(back.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << back;
    EXPECT_NE(back.find("\r\nContent-Type: application/problem+json\r\n"), back.npos) << back;
    EXPECT_NE(back.find("\r\nConnection: close\r\n"), back.npos) << back;
    const auto problem = boost::json::parse(back.substr(back.find("\r\n\r\n") + 4));
    EXPECT_EQ(problem.at("status").as_int64(), 408);
    EXPECT_EQ(problem.at("code").as_string(), "request.timeout");
  }
  static std::vector<std::string> drops(const std::string& text) {
    std::vector<std::string> out;
    for (const char c : text) out.emplace_back(1, c);
    return out;
  }

  static inline const std::string kPicture =
      "GET /picture HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  static inline const std::string kGet = "GET /notes HTTP/1.1\r\nHost: localhost\r\n\r\n";
  static std::string post(size_t length) {
    return "POST /notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: "
           "close\r\nContent-Length: " +
           std::to_string(length) + "\r\n\r\n";
  }
};

class SlowHead : public Slow {
 protected:
  SlowHead() : Slow({.idle = 60s, .head = 200ms, .body = 60s}) {}
};

TEST_F(SlowHead, P4IsAnswered408) {
  expect_late(talk({kGet.substr(0, 20)}));
}

TEST_F(SlowHead, P4IsNotSavedByADropNowAndThen) {
  expect_late(talk(drops(kGet.substr(0, kGet.size() - 4)), 20ms));
}

TEST_F(SlowHead, P4BehindARequestThatWasAnswered) {
  const auto back = talk({kGet + kGet.substr(0, 20)});
  EXPECT_TRUE(back.starts_with("HTTP/1.1 200 OK")) << back;
  expect_late(back.substr(std::min(back.size(), back.find("HTTP/1.1 408"))));
}

class SlowBody : public Slow {
 protected:
  SlowBody() : Slow({.idle = 60s, .head = 60s, .body = 200ms, .body_rate = 100}) {}
};

TEST_F(SlowBody, P4IsAnswered408) {
  expect_late(talk({post(9) + "{"}));
}

TEST_F(SlowBody, P4IsNotSavedByADropNowAndThen) {
  auto pieces = drops(std::string(100, ' '));
  pieces.insert(pieces.begin(), post(500));
  expect_late(talk(pieces, 20ms));
}

TEST_F(SlowBody, P4MayTakeLongAsLongAsItKeepsTheRate) {
  std::vector<std::string> pieces(8, std::string(50, ' '));
  pieces[7] = R"({"title":"x"})" + std::string(37, ' ');
  pieces.insert(pieces.begin(), post(400));
  const auto back = talk(pieces, 100ms);
  EXPECT_TRUE(back.starts_with("HTTP/1.1 201 Created")) << back;
}

class NotReading : public Slow {
 protected:
  NotReading() : Slow({.idle = 60s, .head = 60s, .body = 60s, .write = 200ms}) {}

  /// Asks for something large, and reads nothing of it.
  bool is_reset() {
    tcp::socket socket(io_);
    socket.open(tcp::v4());
    socket.set_option(asio::socket_base::receive_buffer_size(4096));
    socket.connect({asio::ip::make_address("127.0.0.1"), server_.port()});
    asio::write(socket, asio::buffer(kPicture));
    pollfd reset{socket.native_handle(), 0, 0};
    for (const auto end = Clock::system().steady() + 10s; Clock::system().steady() < end;) {
      io_.run_one_for(10ms);
      if (::poll(&reset, 1, 0) > 0) return (reset.revents & POLLERR) != 0;
    }
    return false;
  }
};

TEST_F(NotReading, P4WhoReadsGetsAllOfIt) {
  const auto back = talk({kPicture});
  const auto body = back.find("\r\n\r\n") + 4;
  EXPECT_NE(back.find("\r\nContent-Length: 8388608\r\n"), back.npos);
  EXPECT_EQ(back.size() - body, 8388608u);
  EXPECT_EQ(back.find_first_not_of('p', body), back.npos);
  EXPECT_TRUE(talk({"HEAD" + kPicture.substr(3)}).ends_with("\r\n\r\n"));
}

TEST_F(NotReading, P4IsResetSoThatTheKernelKeepsNothingForIt) {
  EXPECT_TRUE(is_reset());
  while (server_.connections() > 0) io_.run_one();
}

class Idle : public Slow {
 protected:
  Idle() : Slow({.idle = 200ms, .head = 60s, .body = 60s}) {}
};

TEST_F(Idle, P4WhoSaysNothingIsClosedWithoutAWord) {
  EXPECT_EQ(talk({}), "");
}

TEST_F(Idle, P4BetweenRequestsItIsTheSame) {
  const auto back = talk({kGet});
  EXPECT_TRUE(back.starts_with("HTTP/1.1 200 OK")) << back;
  EXPECT_EQ(back.find("HTTP/1.1", 1), back.npos) << back;
  EXPECT_EQ(back.find("timed out"), back.npos) << back;
}

}  // namespace
}  // namespace starter::http
