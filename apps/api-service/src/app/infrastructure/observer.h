// Tells the log and the metrics about every request.
#pragma once

#include <array>
#include <unordered_map>

#include "starter/http/service.h"
#include "starter/observe/log.h"
#include "starter/observe/metrics.h"

namespace starter {

class RequestObserver final : public http::Observer {
 public:
  RequestObserver(observe::Logger& log, observe::Metrics& metrics, const std::vector<http::Route>& routes);

  void finished(const Ctx& ctx, const http::Request& request, const http::Route* route, int status,
                std::chrono::nanoseconds took, const Problem* problem) override;

 private:
  struct Series {
    std::array<observe::Counter*, 6> by_class{};  // by the first digit of the status
    observe::Histogram* seconds = nullptr;
  };
  Series declare(observe::Metrics& metrics, std::string_view method, std::string_view pattern);

  observe::Logger& log_;
  std::unordered_map<std::string_view, Series> series_;  // by operation; declared once, read by every thread
  Series unrouted_;
};

}  // namespace starter
