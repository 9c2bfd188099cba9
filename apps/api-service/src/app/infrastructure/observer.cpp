#include "app/infrastructure/observer.h"

namespace starter {

RequestObserver::RequestObserver(observe::Logger& log, observe::Metrics& metrics,
                                 const std::vector<http::Route>& routes)
    : log_(log) {
  for (const auto& route : routes) {
    series_[route.info.operation] = declare(metrics, http::method_text(route.method), route.pattern);
  }
  unrouted_ = declare(metrics, "any", "none");
}

RequestObserver::Series RequestObserver::declare(observe::Metrics& metrics, std::string_view method,
                                                 std::string_view pattern) {
  Series series;
  const observe::Labels labels{{"method", std::string(method)}, {"route", std::string(pattern)}};
  series.seconds = &metrics.histogram("starter_http_request_seconds",
                                      "Time from the complete request to its reply.", labels);
  for (size_t digit = 1; digit < series.by_class.size(); ++digit) {
    auto with_class = labels;
    with_class["status"] = std::to_string(digit) + "xx";
    series.by_class[digit] =
        &metrics.counter("starter_http_requests_total", "Requests answered.", with_class);
  }
  return series;
}

void RequestObserver::finished(const Ctx& ctx, const http::Request& request, const http::Route* route,
                               int status, std::chrono::nanoseconds took, const Problem* problem) {
  const auto found = route ? series_.find(route->info.operation) : series_.end();
  const Series& series = found == series_.end() ? unrouted_ : found->second;
  series.by_class[static_cast<size_t>(status / 100) % series.by_class.size()]->add();
  series.seconds->observe(std::chrono::duration<double>(took).count());
  const observe::LogContext context{ctx.request_id, ctx.trace_id(), ctx.span_id()};
  if (problem && status >= 500) log_.problem(observe::Level::error, "request.failed", *problem, context);
  // Probes come every few seconds and say nothing while they are answered.
  const bool probe = route && route->options.any_host;
  const auto level = probe && status < 500 ? observe::Level::debug : observe::Level::info;
  if (!log_.enabled(level)) return;
  // The pattern, not the path: an address may hold ids, and a query anything at all.
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const auto pattern = route ? route->pattern : std::string_view("none");
  const auto code = problem ? problem->type().code : std::string_view("");
  if (!ctx.principal) {
    return log_.write(level, "request.finished",
                      {{"method", http::method_text(request.method)},
                       {"route", pattern},
                       {"status", status},
                       {"code", code},
                       {"microseconds", microseconds}},
                      context);
  }
  log_.write(level, "request.finished",
             {{"method", http::method_text(request.method)},
              {"route", pattern},
              {"status", status},
              {"code", code},
              {"microseconds", microseconds},
              {"user", ctx.principal->user},
              {"tenant", ctx.principal->tenant.value_or(Uuid{})}},
             context);
}

}  // namespace starter
