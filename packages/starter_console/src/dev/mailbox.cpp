#include "dev/mailbox.h"

#include <boost/json.hpp>

#include "system/http.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) || c == '.' || c == '-' || c == '_')
      out += static_cast<char>(c);
    else
      out += '%', out += "0123456789ABCDEF"[c >> 4], out += "0123456789ABCDEF"[c & 15];
  }
  return out;
}

}  // namespace

Outcome<boost::json::array> caught_mails(const Ports& ports, const std::string& to, int limit) {
  auto url = "http://127.0.0.1:" + std::to_string(ports.mail()) + "/messages?limit=" + std::to_string(limit);
  if (!to.empty()) url += "&to=" + percent_encoded(to);
  const auto reply = http_get(url, 5s);
  if (!reply) {
    return Failure{.code = "dev.no_mail_catcher",
                   .what = "The mail catcher does not answer.",
                   .why = reply.error().why,
                   .fix = "./dev up"};
  }
  boost::system::error_code error;
  auto document = boost::json::parse(reply->body, error);
  if (error || !document.is_array()) {
    return Failure{.code = "dev.no_mail_catcher",
                   .what = "What answers on the mail port is not the mail catcher.",
                   .why = "GET /messages returned no JSON list.",
                   .fix = "./dev status"};
  }
  return std::move(document.get_array());
}

}  // namespace starter::console::dev
