#include "app/services/health/service.h"

namespace starter::health {

Live Health::live(const Ctx& ctx) const {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(clock_.steady() - began_);
  return {.version = version_, .uptime_seconds = uptime.count(), .timestamp = ctx.timestamp()};
}

Task<Ready> Health::ready(const Ctx& ctx) const {
  Ready out{draining_ ? ReadyStatus::draining : ReadyStatus::ready, {}};
  for (const auto& probe : probes_) {
    const auto began = clock_.steady();
    const auto status = co_await probe.run(ctx);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - began);
    out.checks.push_back({probe.name, status, took.count()});
    if (probe.gates && status == CheckStatus::failed && out.status == ReadyStatus::ready)
      out.status = ReadyStatus::not_ready;
  }
  co_return out;
}

}  // namespace starter::health
