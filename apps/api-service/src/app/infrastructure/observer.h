// Tells the log and the metrics about every request.
#pragma once

#include "starter/http/service.h"
#include "starter/observe/log.h"

namespace starter {

class RequestObserver final : public http::Observer {
 public:
  explicit RequestObserver(observe::Logger& log) : log_(log) {}

  void finished(const Ctx& ctx, const http::Request& request, const http::Route* route, int status,
                std::chrono::nanoseconds took, const Problem* problem) override;

 private:
  observe::Logger& log_;
};

}  // namespace starter
