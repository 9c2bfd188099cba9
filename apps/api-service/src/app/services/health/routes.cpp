// Probes. They need no sign-in and answer any Host: load balancers and kubelets come by IP address.
#include "app/services/health/feature.h"
#include "app/services/health/service.h"

namespace starter::health {
namespace {

using namespace http;
using namespace std::chrono_literals;

Task<Result<Live>> read_health(const Ctx& ctx, Health& health) {
  co_return health.live(ctx);
}

Task<Result<Document>> read_readiness(const Ctx& ctx, Health& health) {
  const Ready ready = co_await health.ready(ctx);
  co_return Document{.text = json::encode(ready), .status = ready.status == ReadyStatus::ready ? 200 : 503};
}

constexpr Route kRoutes[] = {
    get<read_health>("/health", {.summary = "Tells that the process is alive; touches nothing",
                                 .access = Access::anyone,
                                 .any_host = true}),
    get<read_readiness>("/health/ready", {.summary = "Tells whether the process can serve, check by check",
                                          .access = Access::anyone,
                                          .timeout = 2000ms,
                                          .any_host = true}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::health
