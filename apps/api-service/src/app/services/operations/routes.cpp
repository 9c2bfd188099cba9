// What monitoring reads, on a port of its own that no load balancer publishes.
#include "app/services/operations/feature.h"
#include "starter/observe/metrics.h"

namespace starter {
observe::Metrics& inject(App& app, std::type_identity<observe::Metrics>);
}

namespace starter::operations {
namespace {

using namespace http;

Task<Result<Document>> read_metrics(const Ctx&, observe::Metrics& metrics) {
  co_return Document{.text = metrics.text(), .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

constexpr Route kRoutes[] = {
    get<read_metrics>("/metrics",
                      {.summary = "Metrics for Prometheus", .access = Access::anyone, .any_host = true}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::operations
