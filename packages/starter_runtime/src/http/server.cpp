// A connection is one coroutine. There is no timer for each operation: a session notes until when its present
// step may take, and one sweep every quarter of a second closes those that are late. 10,000 idle connections
// cost one comparison each.
#include "starter/http/server.h"

#include <sys/socket.h>

#include <boost/asio/write.hpp>

#include "request_reader.h"
#include "starter/observe/trace.h"

namespace starter::http {
namespace {

using std::chrono::milliseconds;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using boost::system::error_code;

constexpr milliseconds kSweep{250};
/// What a refused client may still send before the connection closes, so that it reads the answer and no
/// reset.
constexpr size_t kLinger = 256 * 1024;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

/// IMF-fixdate (RFC 9110 section 5.6.7), formatted once a second for each thread.
const std::string& http_date(WallTime now) {
  thread_local std::string text;
  thread_local int64_t second = -1;
  const auto current = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (current != second) {
    second = current;
    const time_t time = current;
    tm parts;
    gmtime_r(&time, &parts);
    char buffer[40];
    text.assign(buffer, strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
  }
  return text;
}

/// A client's own id is kept if it can stand in a log line and a header.
bool usable_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// Unique for the life of the process, and across processes by its random beginning.
std::string new_request_id() {
  thread_local const std::string prefix = random_token(9);
  thread_local uint64_t count = 0;
  return prefix + "-" + std::to_string(++count);
}

/// Empty when the other end has gone already.
std::string peer_of(const Socket& socket) {
  error_code ignored;
  const auto remote = socket.remote_endpoint(ignored);
  return ignored ? std::string() : remote.address().to_string();
}

void append_head(const Reply& reply, const Ctx& ctx, bool keep_alive, std::string& out) {
  out.clear();
  out.reserve(320 + reply.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ").append(reason(reply.status));
  out.append("\r\nDate: ").append(http_date(ctx.now()));
  if (reply.status != 204 && reply.status != 304) {
    out.append("\r\nContent-Length: ").append(std::to_string(reply.content().size()));
    if (!reply.content_type.empty()) out.append("\r\nContent-Type: ").append(reply.content_type);
  }
  out.append("\r\nX-Request-ID: ").append(ctx.request_id).append("\r\nX-Content-Type-Options: nosniff");
  bool cache_control = false;
  for (const auto& [name, value] : reply.headers) {
    cache_control |= same_name(name, "Cache-Control");
    out.append("\r\n").append(name).append(": ").append(value);
  }
  if (!cache_control) out.append("\r\nCache-Control: no-store");
  out.append(keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
}

}  // namespace

class Server::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server& server, Socket socket)
      : server_(server),
        socket_(std::move(socket)),
        reader_(peer_of(socket_)),
        now_(server.clock_.steady()) {}

  Task<> serve() {
    while (co_await serve_one()) {
    }
    error_code ignored;
    socket_.close(ignored);
  }

  void sweep(SteadyTime now) {
    if (now < limit_) return;
    late_ = true;
    error_code ignored;
    if (step_ == Step::head || step_ == Step::body) {
      socket_.cancel(ignored);  // serve() answers 408
      return;
    }
    // What a client never read would stay in the kernel for minutes after an ordinary close.
    if (step_ == Step::write) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  /// Ends a connection that waits for its next request.
  void end_if_idle() {
    if (step_ == Step::idle) end();
  }

  /// Ends it wherever it is; a handler that still runs finds its reply unwanted.
  void end() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  enum class Step { idle, head, body, handler, write, farewell };

  /// Reading the clock is not free: a step that begins right behind another one takes over its time.
  void enter(Step step, milliseconds patience) {
    step_ = step;
    limit_ = now_ + patience;
  }
  SteadyTime look_at_clock() { return now_ = server_.clock_.steady(); }

  /// One request and its reply; false when the connection is to end.
  Task<bool> serve_one() {
    reader_.start();
    enter(Step::idle, server_.options_.idle);
    auto state = reader_.advance();
    if (state == RequestReader::State::need_more) state = co_await read_more();
    if (state == RequestReader::State::need_more) co_return co_await refuse_late();
    Ctx ctx(server_.executor_, server_.clock_, server_.database_, look_at_clock() + server_.options_.request);
    if (state == RequestReader::State::failed) co_return co_await refuse(ctx, reader_.failure());
    prepare_context(ctx);
    const auto match = server_.service_.match(reader_.request().method, reader_.request().path);
    if (!match.route || !match.route->options.any_host) server_.last_request_ = now_;
    if (!reader_.allow_body(server_.service_.body_max(match))) co_return co_await refuse(ctx, 413);
    if (reader_.expects_continue() && !co_await send_continue()) co_return false;
    enter(Step::body, server_.options_.body);
    state = reader_.advance();
    if (state == RequestReader::State::need_more) state = co_await read_more();
    if (state == RequestReader::State::need_more) co_return co_await refuse_late();
    if (state == RequestReader::State::failed) co_return co_await refuse(ctx, reader_.failure());
    ctx.deadline = now_ + server_.options_.request;
    enter(Step::handler, server_.options_.request + milliseconds(5000));
    const Reply reply = co_await server_.service_.handle(ctx, reader_.request(), match, now_);
    look_at_clock();
    const bool keep_alive = reader_.request().keep_alive && !reply.close && !server_.draining_;
    if (write_at_once(reply, ctx, keep_alive)) co_return keep_alive;
    co_return co_await write_rest() && keep_alive;
  }

  void prepare_context(Ctx& ctx) {
    ctx.core = server_.options_.core;
    const Request& request = reader_.request();
    const auto id = request.header("X-Request-ID");
    ctx.request_id = usable_request_id(id) ? std::string(id) : new_request_id();
    // A trace that nobody began is not begun here: two random ids for each request would cost more than
    // /health.
    if (const auto parent = observe::TraceContext::parse(request.header("traceparent")))
      ctx.traceparent = parent->child().traceparent();
    if (server_.service_.client_resolver) {
      ctx.client = server_.service_.client_resolver->resolve(request, ctx.now());
    } else {
      ctx.client.ip = request.peer;
      ctx.client.user_agent = request.header("User-Agent");
    }
  }

  /// Reads and parses until there is more than before, or failure; need_more means that the peer left or was
  /// too slow.
  Task<RequestReader::State> read_more() {
    while (true) {
      if (step_ == Step::idle && reader_.started()) {
        look_at_clock();
        enter(Step::head, server_.options_.head);
      }
      const auto [data, size] = reader_.prepare();
      error_code error;
      const size_t got =
          co_await socket_.async_read_some(asio::buffer(data, size), asio::redirect_error(use_task, error));
      if (error) co_return RequestReader::State::need_more;
      reader_.commit(got);
      if (step_ == Step::body) look_at_clock();  // what a slow body took is not the handler's time
      if (step_ == Step::body) limit_ += milliseconds(1000 * got / server_.options_.body_rate);
      const auto state = reader_.advance();
      if (state != RequestReader::State::need_more) co_return state;
    }
  }

  Task<bool> send_continue() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code error;
    co_await asio::async_write(socket_, asio::buffer(text), asio::redirect_error(use_task, error));
    co_return !error;
  }

  /// Most replies fit into the socket's buffer: no operation, no turn of the loop. Otherwise false, and
  /// write_rest() sends the rest, or finds the error.
  bool write_at_once(const Reply& reply, const Ctx& ctx, bool keep_alive) {
    append_head(reply, ctx, keep_alive, out_);
    const bool head_only = reader_.request().method == Method::head;
    if (!head_only) out_ += reply.body;
    if (!head_only) shared_ = reply.shared;
    enter(Step::write, server_.options_.write);
    error_code error;
    size_t written = socket_.write_some(asio::buffer(out_), error);
    if (written == out_.size() && shared_) written += socket_.write_some(asio::buffer(*shared_), error);
    unsent_ = {
        asio::buffer(out_) + written,
        shared_ ? asio::buffer(*shared_) + (written - std::min(written, out_.size())) : asio::const_buffer()};
    if (error || asio::buffer_size(unsent_) > 0) return false;
    forget_reply();
    return true;
  }

  Task<bool> write_rest() {
    error_code error;
    co_await asio::async_write(socket_, unsent_, asio::redirect_error(use_task, error));
    forget_reply();
    co_return !error;
  }

  void forget_reply() {
    shared_.reset();
    if (out_.capacity() > 64 * 1024) out_ = std::string();
  }

  Task<bool> refuse_late() {
    if (!late_ || (step_ != Step::head && step_ != Step::body)) co_return false;
    Ctx ctx(server_.executor_, server_.clock_, server_.database_, server_.clock_.steady());
    co_return co_await refuse(ctx, 408);
  }

  /// Answers a request that can't be read on, then lets the client see the answer: half-close, drain a
  /// little.
  Task<bool> refuse(Ctx& ctx, int status) {
    look_at_clock();
    if (ctx.request_id.empty()) ctx.request_id = new_request_id();
    if (ctx.client.ip.empty()) ctx.client.ip = reader_.request().peer;
    const Reply reply = server_.service_.protocol_error(ctx, status);
    if (server_.service_.observer) {
      const Problem problem{problems::of_status(status)};
      server_.service_.observer->finished(ctx, reader_.request(), nullptr, status, {}, &problem);
    }
    if (!write_at_once(reply, ctx, false) && !co_await write_rest()) co_return false;
    error_code error;
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    look_at_clock();
    enter(Step::farewell, milliseconds(1000));
    char sink[4096];
    for (size_t drained = 0; !error && drained < kLinger;) {
      drained += co_await socket_.async_read_some(asio::buffer(sink), asio::redirect_error(use_task, error));
    }
    co_return false;
  }

  Server& server_;
  Socket socket_;
  RequestReader reader_;
  std::string out_;
  std::shared_ptr<const std::string> shared_;  // behind it
  std::array<asio::const_buffer, 2> unsent_;   // of both
  Step step_ = Step::idle;
  SteadyTime now_;  // when the step began, or something it began behind
  SteadyTime limit_ = SteadyTime::max();
  bool late_ = false;
};

Server::Server(Executor executor, const Clock& clock, pg::Database& database, const Service& service,
               ServerOptions options)
    : executor_(executor),
      clock_(clock),
      database_(database),
      service_(service),
      options_(std::move(options)),
      acceptor_(executor),
      sweeper_(executor) {}

Server::~Server() = default;

void Server::start() {
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options_.address), options_.port);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  const int on = 1;
  ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  acceptor_.bind(endpoint);
  acceptor_.listen(4096);
  spawn(executor_, "http acceptor", accept());
  arm_sweeper();
}

uint16_t Server::port() const {
  return acceptor_.local_endpoint().port();
}

Task<> Server::accept() {
  while (acceptor_.is_open()) {
    error_code error;
    Socket socket = co_await acceptor_.async_accept(asio::redirect_error(use_task, error));
    if (!error) {
      take(std::move(socket));
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      co_return;
    } else {
      // Out of descriptors: waiting lets others finish instead of spinning.
      net::Timer pause(executor_);
      pause.expires_after(milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(use_task, error));
    }
  }
}

void Server::take(Socket socket) {
  if (sessions_.size() >= options_.max_connections) return;  // closes it
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);  // for write_at_once
  auto session = std::make_shared<Session>(*this, std::move(socket));
  const auto place = sessions_.insert(sessions_.end(), session);
  auto run = [](Server& server, std::shared_ptr<Session> session,
                std::list<std::shared_ptr<Session>>::iterator at) -> Task<> {
    co_await session->serve();
    server.sessions_.erase(at);
  };
  spawn(executor_, "http session", run(*this, std::move(session), place));
}

void Server::arm_sweeper() {
  sweeper_.expires_after(kSweep);
  sweeper_.async_wait([this](const error_code& error) {
    // A sweep that was due when drain() cancelled it arrives without an error.
    if (error || drained_) return;
    const auto now = clock_.steady();
    for (const auto& session : sessions_) session->sweep(now);
    arm_sweeper();
  });
}

Task<> Server::drain(SteadyTime deadline, milliseconds quiet) {
  draining_ = true;
  last_request_ = clock_.steady();
  const auto patience = last_request_ + (deadline - last_request_) / 2;
  net::Timer pause(executor_);
  error_code error;
  while (clock_.steady() < std::min(last_request_ + quiet, patience)) {
    pause.expires_at(std::min(last_request_ + quiet, patience));
    co_await pause.async_wait(asio::redirect_error(use_task, error));
  }
  // A listener that closes resets what the kernel had queued for it, so that is taken first.
  acceptor_.non_blocking(true, error);
  for (int queued = 0; queued < 4096; ++queued) {
    Socket socket(executor_);
    acceptor_.accept(socket, error);
    if (error) break;
    take(std::move(socket));
  }
  acceptor_.close(error);
  // A connection that has just been taken is idle until its request arrives: it gets a moment for that.
  const auto grace = clock_.steady() + milliseconds(200);
  while (!sessions_.empty() && clock_.steady() < deadline) {
    if (clock_.steady() > grace) {
      for (const auto& session : sessions_) session->end_if_idle();
    }
    pause.expires_after(milliseconds(20));
    co_await pause.async_wait(asio::redirect_error(use_task, error));
  }
  for (const auto& session : sessions_) session->end();
  drained_ = true;
  sweeper_.cancel();
}

}  // namespace starter::http
