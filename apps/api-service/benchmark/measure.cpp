#include "measure.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "support/api.h"

namespace starter::test {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Wrk wrk(const std::string& url, const std::string& header, int connections, int seconds) {
  TemporaryFolder folder;
  const auto log = folder.path() / "wrk.log";
  std::vector<std::string> arguments{"wrk", "-t1", "-c" + std::to_string(connections),
                                     "-d" + std::to_string(seconds) + "s", "--latency"};
  if (!header.empty()) arguments.insert(arguments.end(), {"-H", header});
  arguments.push_back(url);
  run({.arguments = arguments, .log = log});
  std::ifstream file(log);
  Wrk out;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, value;
    words >> name >> value;
    if (name == "Requests/sec:") out.per_second = std::stod(value);
    if (name == "99%")
      out.p99_ms = std::stod(value) * (value.ends_with("us") ? 0.001 : value.ends_with("ms") ? 1 : 1000);
    if (name == "Non-2xx") std::cerr << "warning: " << line << "\n";
  }
  return out;
}

}  // namespace starter::test
