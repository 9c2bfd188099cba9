// What Prometheus would read.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>

#include "support/client.h"

namespace starter::test {

/// The sum of all series that begin so: a metric's name, or a name with some of its labels.
inline double metric(const Client& inside, const std::string& series) {
  double sum = 0;
  std::istringstream lines(inside.get("/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series)) sum += std::atof(line.substr(line.rfind(' ')).c_str());
  }
  return sum;
}

}  // namespace starter::test
