// A deployment seen from outside. The judgements are pure functions over replies, so that they are tested
// without a server.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checks/finding.h"
#include "system/http.h"

namespace starter::console::checks {

std::vector<Finding> judge_tls(const Url& url, const HttpReply& reply);
std::vector<Finding> judge_headers(const Url& url, const HttpReply& reply);
std::vector<Finding> judge_cookies(const Url& url, const HttpReply& reply);
Finding judge_ready(const std::string& part, const std::string& address, const Outcome<HttpReply>& reply);
Finding judge_jwks(const std::string& address, const Outcome<HttpReply>& reply);

/// Probes the web application at `web`, and the API when its address is given.
std::vector<Finding> verify_deployment(const Url& web, const std::optional<Url>& api,
                                       std::chrono::milliseconds timeout);

}  // namespace starter::console::checks
