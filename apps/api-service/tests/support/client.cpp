#include "support/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace starter::test {
namespace {

size_t take_body(char* data, size_t size, size_t count, void* out) {
  static_cast<Response*>(out)->body.append(data, size * count);
  return size * count;
}

size_t take_header(char* data, size_t size, size_t count, void* out) {
  const std::string line(data, size * count);
  const size_t colon = line.find(':');
  if (colon != line.npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const size_t begin = line.find_first_not_of(" \t", colon + 1), end = line.find_last_not_of("\r\n");
    static_cast<Response*>(out)->headers[name] =
        begin == line.npos || end == line.npos || end < begin ? "" : line.substr(begin, end - begin + 1);
  }
  return size * count;
}

}  // namespace

boost::json::value Response::json() const {
  boost::system::error_code error;
  auto value = boost::json::parse(body, error);
  return error ? boost::json::value() : value;
}

std::string Response::text(std::string_view member) const {
  const auto value = json();
  const auto* object = value.if_object();
  if (!object) return "";
  const auto* found = object->if_contains(member);
  return found && found->is_string() ? std::string(found->as_string()) : "";
}

Client Client::with_token(std::string token) const {
  return with_header("Authorization", "Bearer " + token);
}

Client Client::with_header(std::string name, std::string value) const {
  Client copy = *this;
  copy.headers_.push_back(name + ": " + value);
  return copy;
}

Client Client::from(std::string local_address) const {
  Client copy = *this;
  copy.from_ = std::move(local_address);
  return copy;
}

Response Client::send(const std::string& method, const std::string& path, const std::string& body) const {
  // One connection for each thread is kept alive, as a web tier would.
  thread_local std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  Response response;
  curl_easy_reset(curl.get());
  curl_slist* list = nullptr;
  if (!body.empty()) list = curl_slist_append(list, "Content-Type: application/json");
  for (const auto& header : headers_) list = curl_slist_append(list, header.c_str());
  const std::string url = base_ + path;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  if (!body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  if (!from_.empty()) curl_easy_setopt(curl.get(), CURLOPT_INTERFACE, from_.c_str());
  if (method == "HEAD") curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &response);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 20000L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  const auto done = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(list);
  response.status = done == CURLE_OK || status >= 400 ? static_cast<int>(status) : 0;
  return response;
}

std::string raw_exchange(int port, const std::string& bytes, int seconds) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  std::string answer;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    size_t sent = 0;
    char buffer[4096];
    pollfd watch{socket, POLLIN | POLLOUT, 0};
    while (::poll(&watch, 1, seconds * 1000) > 0) {
      if (watch.revents & POLLIN) {
        const auto got = ::recv(socket, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        answer.append(buffer, static_cast<size_t>(got));
      } else if (watch.revents & (POLLHUP | POLLERR)) {
        break;
      } else if (watch.revents & POLLOUT) {
        const auto went = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (went < 0) break;
        sent += static_cast<size_t>(went);
      }
      watch.events = static_cast<short>(POLLIN | (sent < bytes.size() ? POLLOUT : 0));
    }
  }
  ::close(socket);
  return answer;
}

}  // namespace starter::test
