// Repeats a request while repeating may help: no connection, too many requests, a server that fails.
#pragma once

#include <functional>

#include "starter/net/http_client.h"
#include "starter/net/timer.h"

namespace starter::providers {

struct Attempts {
  int most = 4;
  std::chrono::milliseconds each{10'000};  // of one attempt; the deadline cuts it
  std::chrono::milliseconds first_pause{100}, longest_pause{3'000};
};

/// Pauses double and are random below their bound, so that replicas that failed together don't come back
/// together. `make` builds each attempt anew: a signature holds its time. `again` may ask for a repetition of
/// an answer that is no 5xx and no 429.
Task<Result<net::HttpResponse>> send_patiently(net::HttpClient& client,
                                               std::function<net::HttpRequest()> make,
                                               std::function<bool(const net::HttpResponse&)> again,
                                               SteadyTime deadline, Attempts attempts = {});

}  // namespace starter::providers
