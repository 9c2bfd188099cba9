#include "patience.h"

#include <algorithm>

namespace starter::providers {

namespace {

using std::chrono::milliseconds;

bool is_worth_repeating(const Result<net::HttpResponse>& answer,
                        const std::function<bool(const net::HttpResponse&)>& again) {
  if (!answer) return !answer.error().is(starter::problems::internal);
  return answer->status >= 500 || answer->status == 429 || (again && again(*answer));
}

milliseconds pause_after(int attempt, const Attempts& attempts) {
  const auto bound = std::min(attempts.longest_pause, attempts.first_pause * (1 << attempt));
  return milliseconds(random_below(static_cast<uint32_t>(bound.count()) + 1));
}

}  // namespace

Task<Result<net::HttpResponse>> send_patiently(net::HttpClient& client,
                                               std::function<net::HttpRequest()> make,
                                               std::function<bool(const net::HttpResponse&)> again,
                                               SteadyTime deadline, Attempts attempts) {
  net::Timer timer(co_await asio::this_coro::executor);
  for (int attempt = 0;; ++attempt) {
    auto request = make();
    const auto until = std::min(deadline, net::deadline_in(attempts.each));
    auto answer = co_await client.send(std::move(request), until);
    if (attempt + 1 >= attempts.most || !is_worth_repeating(answer, again)) co_return answer;
    const auto pause = pause_after(attempt, attempts);
    if (net::remaining(deadline) <= pause) co_return answer;
    timer.expires_after(pause);
    co_await timer.async_wait(net::as_tuple);
  }
}

}  // namespace starter::providers
