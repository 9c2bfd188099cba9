#include "app/infrastructure/observer.h"

namespace starter {

void RequestObserver::finished(const Ctx& ctx, const http::Request& request, const http::Route* route, int status,
                               std::chrono::nanoseconds took, const Problem* problem) {
  const observe::LogContext context{ctx.request_id, ctx.trace_id, ctx.span_id};
  if (problem && status >= 500) log_.problem(observe::Level::error, "request.failed", *problem, context);
  // Probes come every few seconds and say nothing while they are answered.
  const bool probe = route && route->options.any_host;
  if (probe && status < 500 && !log_.enabled(observe::Level::debug)) return;
  // The pattern, not the path: an address may hold ids, and a query anything at all.
  log_.info("request.finished",
            {{"method", http::method_text(request.method)},
             {"route", route ? route->pattern : std::string_view("none")},
             {"status", status},
             {"code", problem ? problem->type().code : std::string_view("")},
             {"microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
             {"user", ctx.principal ? ctx.principal->user : Uuid{}},
             {"tenant", ctx.principal && ctx.principal->tenant ? *ctx.principal->tenant : Uuid{}}},
            context);
}

}  // namespace starter
