#include "starter/net/http_client.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <deque>
#include <stdexcept>
#include <unordered_map>

#include "curl_functions.h"
#include "starter/core/text.h"
#include "starter/net/timer.h"

namespace starter::net {
namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Error = boost::system::error_code;

constexpr size_t kMaxHeaderBytes = 64 * 1024;
constexpr long kKeptConnections = 32;

struct EasyDelete {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDelete>;
using HeaderList = std::unique_ptr<curl_slist, ListDelete>;

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The status of "HTTP/1.1 200 OK" or "HTTP/2 200" (RFC 9112 section 4); 0 for what is no such line. What
/// libcurl makes of "HTTP/2 1001" or "HTTP/222.1 200" depends on its release.
int status_of(std::string_view line) {
  line = trimmed(line);
  line.remove_prefix(std::min(line.size(), std::string_view("HTTP/").size()));
  const auto skip = [&line](auto is_wanted) {
    const bool there = !line.empty() && is_wanted(line.front());
    if (there) line.remove_prefix(1);
    return there;
  };
  const auto is = [](char wanted) { return [wanted](char c) { return c == wanted; }; };
  if (!skip(is_digit) || (skip(is('.')) && !skip(is_digit)) || !skip(is(' '))) return 0;
  const bool three = line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), is_digit);
  if (!three || line.front() == '0' || (line.size() > 3 && line[3] != ' ')) return 0;
  return 100 * (line[0] - '0') + 10 * (line[1] - '0') + line[2] - '0';
}

/// One request on its way. libcurl holds a pointer to it until it is removed from the multi handle.
struct Transfer {
  explicit Transfer(const Executor& executor) : signal(executor) {}

  static size_t on_body(char* bytes, size_t, size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.response.body.size() + size > transfer.request.max_response) {
      transfer.too_large = true;
      return 0;  // libcurl ends the transfer
    }
    transfer.response.body.append(bytes, size);
    return size;
  }

  static size_t on_header(char* bytes, size_t, size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(bytes, size);
    transfer.header_bytes += size;
    if (transfer.header_bytes > kMaxHeaderBytes) {
      transfer.too_large = true;
      return 0;
    }
    if (line.starts_with("HTTP/")) {
      transfer.response.status = status_of(line);
      if (transfer.response.status == 0) return 0;
      transfer.response.headers.clear();  // those of "100 Continue" are not the answer
    }
    // RFC 9112 section 2.2: a bare CR is no part of a value. Ending the transfer is safer than guessing.
    if (has_line_break(trimmed(line))) return 0;
    const size_t colon = line.find(':');
    if (colon != line.npos) {
      std::string name(line.substr(0, colon));
      std::ranges::transform(name, name.begin(), lower_case);
      transfer.response.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
    }
    return size;
  }

  HttpRequest request;
  HttpResponse response;
  Easy easy;
  HeaderList headers;
  Timer signal;
  size_t header_bytes = 0;
  CURLcode code = CURLE_OK;
  bool done = false, lost = false, too_large = false;
};

}  // namespace

/// The multi handle and what watches its sockets for it. Handlers of the loop hold it weakly.
struct HttpClient::Core : std::enable_shared_from_this<Core> {
  Core(const Executor& executor, Options options)
      : executor(executor),
        options(std::move(options)),
        timer(executor) {
    multi = curl().multi_init();
    if (!multi) throw std::bad_alloc();
    curl().multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Core::on_socket);
    curl().multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl().multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Core::on_timer);
    curl().multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl().multi_setopt(multi, CURLMOPT_MAXCONNECTS, kKeptConnections);
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { shut(); }

  void shut() {
    if (!multi) return;
    for (const auto& [easy, transfer] : transfers) {
      curl().multi_remove_handle(multi, easy);
      transfer->lost = true;
      transfer->signal.cancel();
    }
    transfers.clear();
    for (const auto& waiter : waiting) waiter->cancel();
    curl().multi_cleanup(std::exchange(multi, nullptr));
    watches.clear();
    timer.cancel();
  }

  /// A socket of libcurl. The descriptor is a duplicate, so that either side may close its own at any time.
  struct Watch {
    Watch(const Executor& executor, int socket) : descriptor(executor, ::dup(socket)), socket(socket) {}
    Descriptor descriptor;
    const int socket;
    int wanted = 0;
    bool reading = false, writing = false;
  };

  static int on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void*) {
    auto& core = *static_cast<Core*>(self);
    if (wanted == CURL_POLL_REMOVE) {
      core.watches.erase(socket);
      return 0;
    }
    auto& watch = core.watches[socket];
    if (!watch) watch = std::make_shared<Watch>(core.executor, socket);
    watch->wanted = wanted;
    core.arm(watch);
    return 0;
  }

  void arm(const std::shared_ptr<Watch>& watch) {
    if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading)
      wait(watch, Descriptor::wait_read, &Watch::reading, CURL_CSELECT_IN);
    if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing)
      wait(watch, Descriptor::wait_write, &Watch::writing, CURL_CSELECT_OUT);
  }

  void wait(const std::shared_ptr<Watch>& watch, Descriptor::wait_type type, bool Watch::* flag, int event) {
    (*watch).*flag = true;
    watch->descriptor.async_wait(
        type, [weak_core = weak_from_this(), weak = std::weak_ptr(watch), flag, event](const Error& error) {
          const auto core = weak_core.lock();
          const auto watch = weak.lock();
          if (!core || !watch) return;
          (*watch).*flag = false;
          if (error || !core->multi) return;
          if ((watch->wanted & event) != 0) core->act(watch->socket, event);
          if (core->multi && core->watches.contains(watch->socket)) core->arm(watch);
        });
  }

  static int on_timer(CURLM*, long milliseconds, void* self) {
    auto& core = *static_cast<Core*>(self);
    core.timer.cancel();
    if (milliseconds < 0) return 0;
    core.timer.expires_after(std::chrono::milliseconds(milliseconds));
    core.timer.async_wait([weak = core.weak_from_this()](const Error& error) {
      const auto core = weak.lock();
      if (core && !error && core->multi) core->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }

  void act(curl_socket_t socket, int event) {
    int running = 0;
    curl().multi_socket_action(multi, socket, event, &running);
    int left = 0;
    while (const CURLMsg* const message = curl().multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto found = transfers.find(easy);
      if (found == transfers.end()) continue;
      found->second->code = code;
      found->second->done = true;
      found->second->signal.cancel();
      end(easy);
    }
  }

  void end(CURL* easy) {
    if (multi) curl().multi_remove_handle(multi, easy);
    transfers.erase(easy);
  }

  Task<bool> take_slot(SteadyTime deadline);
  void give_slot();
  bool prepare(Transfer& transfer) const;

  const Executor executor;
  const Options options;
  CURLM* multi = nullptr;
  Timer timer;
  size_t running = 0;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches;
  std::unordered_map<CURL*, std::shared_ptr<Transfer>> transfers;
  std::deque<std::shared_ptr<Timer>> waiting;
};

/// False when too many wait, or none became free in time.
Task<bool> HttpClient::Core::take_slot(SteadyTime deadline) {
  if (running < options.max_concurrent) {
    ++running;
    co_return true;
  }
  if (waiting.size() >= options.max_waiting) co_return false;
  const auto waiter = std::make_shared<Timer>(executor);
  waiter->expires_after(remaining(deadline));
  waiting.push_back(waiter);
  co_await waiter->async_wait(as_tuple);
  const auto place = std::ranges::find(waiting, waiter);
  if (place == waiting.end()) co_return multi != nullptr;  // give_slot took it out and left its slot to it
  waiting.erase(place);
  co_return false;
}

void HttpClient::Core::give_slot() {
  if (waiting.empty() || !multi) {
    --running;
    return;
  }
  const auto waiter = std::move(waiting.front());
  waiting.pop_front();
  waiter->cancel();
}

bool HttpClient::Core::prepare(Transfer& transfer) const {
  const HttpRequest& request = transfer.request;
  CURL* const easy = transfer.easy.get();
  const auto add = [&transfer](const std::string& line) {
    curl_slist* const longer = curl().slist_append(transfer.headers.get(), line.c_str());
    if (!longer) return false;
    (void)transfer.headers.release();
    transfer.headers.reset(longer);
    return true;
  };
  bool ok = !has_line_break(request.method) && !has_line_break(request.url) && add("Expect:");
  bool typed = false;
  for (const auto& [name, value] : request.headers) {
    ok =
        ok && !name.empty() && !has_line_break(name) && !has_line_break(value) && name.find(':') == name.npos;
    ok = ok && add(value.empty() ? name + ';' : name + ": " + value);
    typed |= std::ranges::equal(name, std::string_view("content-type"), {}, lower_case);
  }
  if (!typed) ok = ok && add("Content-Type:");  // libcurl would call it a form
  const char* const protocols = options.allow_plain_http ? "https,http" : "https";
  const auto set = [&](auto option, auto value) {
    ok = ok && curl().easy_setopt(easy, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, protocols);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  if (options.direct) set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_HTTPHEADER, transfer.headers.get());
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  if (!options.ca_pem.empty()) {
    curl_blob blob{const_cast<char*>(options.ca_pem.data()), options.ca_pem.size(), CURL_BLOB_COPY};
    set(CURLOPT_CAINFO_BLOB, &blob);
  }
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else {
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.c_str());
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return ok;
}

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [other, value] : headers) {
    if (other == name) return value;
  }
  return {};
}

HttpClient::HttpClient(const Executor& executor, Options options)
    : core_(std::make_shared<Core>(executor, std::move(options))) {}
HttpClient::~HttpClient() {
  core_->shut();
}
size_t HttpClient::running() const {
  return core_->running;
}

Task<Result<HttpResponse>> HttpClient::send(const Ctx& ctx, HttpRequest request) {
  if (!ctx.traceparent.empty()) request.headers.emplace_back("traceparent", ctx.traceparent);
  return send(std::move(request), ctx.deadline);
}

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request, SteadyTime deadline) {
  const auto core = core_;
  if (!co_await core->take_slot(deadline))
    co_return Problem(problems::unavailable, std::string("too many outbound requests"));
  const auto transfer = std::make_shared<Transfer>(core->executor);
  transfer->request = std::move(request);
  transfer->easy.reset(curl().easy_init());
  const bool prepared = transfer->easy && core->prepare(*transfer);
  if (!prepared || curl().multi_add_handle(core->multi, transfer->easy.get()) != CURLM_OK) {
    core->give_slot();
    co_return Problem(problems::internal, std::string("an outbound request can't be sent as it is"));
  }
  core->transfers.emplace(transfer->easy.get(), transfer);
  transfer->signal.expires_after(remaining(deadline));
  co_await transfer->signal.async_wait(as_tuple);
  if (!transfer->done && !transfer->lost) core->end(transfer->easy.get());
  core->give_slot();

  if (transfer->lost) co_return Problem(problems::unavailable, std::string("the HTTP client was shut down"));
  if (!transfer->done)
    co_return Problem(problems::deadline_exceeded, std::string("an outbound request ran into its deadline"));
  if (transfer->too_large)
    co_return Problem(problems::unavailable, std::string("an answer was larger than its cap"));
  if (transfer->response.status == 0 && (transfer->code == CURLE_OK || transfer->code == CURLE_WRITE_ERROR))
    co_return Problem(problems::unavailable, std::string("an answer had no status"));
  if (transfer->code != CURLE_OK)
    co_return Problem(problems::unavailable, std::string(curl().easy_strerror(transfer->code)));
  co_return std::move(transfer->response);
}

}  // namespace starter::net
