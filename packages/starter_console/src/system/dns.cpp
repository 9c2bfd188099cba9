#include "system/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include <algorithm>
#include <charconv>

namespace starter::console {

namespace {

Failure silent(const std::string& name, const std::string& why) {
  return {.code = "dns.silent",
          .what = "No name server tells about " + name + ".",
          .why = why,
          .fix = "getent hosts '" + name + "'"};
}

// One after the other; ok() is false after a read behind the end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  unsigned number(std::size_t size) {
    unsigned value = 0;
    for (const unsigned char byte : take(size)) value = value << 8 | byte;
    return value;
  }
  std::string_view take(std::size_t size) {
    ok_ = ok_ && size <= bytes_.size() - at_;
    if (!ok_) return {};
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  void skip_name() {
    const auto* const begin = reinterpret_cast<const unsigned char*>(bytes_.data());
    const int size = ok_ ? ::dn_skipname(begin + at_, begin + bytes_.size()) : -1;
    take(size < 0 ? bytes_.size() + 1 : static_cast<std::size_t>(size));
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// A text of more than 255 bytes stands in several strings.
std::string text_of(std::string_view data) {
  std::string text;
  for (Reader in(data); in.ok();) text += in.take(in.number(1));
  return text;
}

}  // namespace

std::optional<sockaddr_in> parse_name_server(std::string_view text) {
  const auto colon = text.find(':');
  const std::string host(text.substr(0, colon));
  unsigned port = 53;
  if (colon != text.npos) {
    const auto digits = text.substr(colon + 1);
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (wrong != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535) return {};
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return {};
  return address;
}

Outcome<std::vector<std::string>> records_of(const std::string& name, Record kind,
                                             const std::optional<sockaddr_in>& server,
                                             std::chrono::seconds patience) {
  struct __res_state state = {};
  if (::res_ninit(&state) != 0) return silent(name, "This system names no server in /etc/resolv.conf.");
  if (server) state.nscount = 1, state.nsaddr_list[0] = *server;
  state.retry = 1;
  state.retrans = static_cast<int>(std::clamp<long>(patience.count(), 1, 30));
  std::string reply(65536, '\0');
  const int size =
      ::res_nquery(&state, name.c_str(), C_IN, static_cast<int>(kind),
                   reinterpret_cast<unsigned char*>(reply.data()), static_cast<int>(reply.size()));
  const int problem = state.res_h_errno;
  ::res_nclose(&state);
  if (size < 0 && (problem == HOST_NOT_FOUND || problem == NO_DATA)) return std::vector<std::string>();
  if (size < 0) return silent(name, std::string(::hstrerror(problem)) + ".");
  reply.resize(std::min(reply.size(), static_cast<std::size_t>(size)));
  return parse_records(reply, kind);
}

std::vector<std::string> parse_records(std::string_view reply, Record kind) {
  Reader in(reply);
  in.take(4);  // id and flags
  const auto questions = in.number(2), answers = in.number(2);
  in.take(4);
  for (unsigned i = 0; i < questions && in.ok(); ++i) in.skip_name(), in.take(4);
  std::vector<std::string> all;
  for (unsigned i = 0; i < answers && in.ok(); ++i) {
    in.skip_name();
    const auto type = in.number(2);
    in.take(6);  // class and time to live
    const auto data = in.take(in.number(2));
    if (in.ok() && type == static_cast<unsigned>(kind))
      all.push_back(kind == Record::text ? text_of(data) : std::string(data));
  }
  return all;
}

}  // namespace starter::console
