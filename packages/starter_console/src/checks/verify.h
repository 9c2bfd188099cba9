// A deployment seen from outside. The judgements are pure functions over replies, so that they are tested
// without a server.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checks/finding.h"
#include "starter/core/types.h"
#include "system/dns.h"
#include "system/http.h"

namespace starter::console::checks {

std::vector<Finding> judge_tls(const Url& url, const HttpReply& reply);
std::vector<Finding> judge_headers(const Url& url, const HttpReply& reply);
std::vector<Finding> judge_cookies(const Url& url, const HttpReply& reply);
Finding judge_ready(const std::string& part, const std::string& address, const Outcome<HttpReply>& reply);
Finding judge_jwks(const std::string& address, const Outcome<HttpReply>& reply);

/// What mail servers of others look up about the domain of a sender.
struct SenderRecords {
  std::vector<std::string> texts, policies;  // of the domain; of _dmarc below it or its parent
  bool takes_mail = false;                   // it has a mail exchanger or an address
};
std::vector<Finding> judge_sender(const std::string& domain, const SenderRecords& records);

/// Asks for them: whether mail from this address is believed.
std::vector<Finding> verify_sender(const Email& from, const std::optional<sockaddr_in>& server,
                                   std::chrono::seconds timeout);

/// Probes the web application at `web`, and the API when its address is given.
std::vector<Finding> verify_deployment(const Url& web, const std::optional<Url>& api,
                                       std::chrono::milliseconds timeout);

}  // namespace starter::console::checks
