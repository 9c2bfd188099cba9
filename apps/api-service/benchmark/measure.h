// What the benchmarks of the service share: the median of rounds, a load from wrk, a service without limits.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace starter::test {

inline constexpr int kRounds = 5;

/// Of at least one value.
double median(std::vector<double> values);

struct Wrk {
  double per_second = 0, p99_ms = 0;
};

Wrk wrk(const std::string& url, const std::string& header = "", int connections = 32, int seconds = 2);

/// The environment of a service that is measured on one core and refuses nobody for being quick.
inline const std::map<std::string, std::string> kLoad{
    {"WORKERS", "1"}, {"LOG_LEVEL", "WARNING"}, {"RATE_LIMIT_FACTOR", "1000000"}};

/// F4: prints its figure last; 0 when every rotation was accepted.
int refresh();

}  // namespace starter::test
