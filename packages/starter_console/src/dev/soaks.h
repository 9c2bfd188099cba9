// What ./dev soak can run, by id (P1, A7, T2): the C++ tests whose names begin with it, and suites that say
// they are it.
#pragma once

#include <map>

#include "dev/suites.h"

namespace starter::console::dev {

struct Soak {
  std::vector<std::string> tests{};  // names without their suite of gtest
  std::vector<Suite> suites{};       // of tools/suites.yaml, that hold one of them
  std::vector<Suite> whole{};        // that run as they are
};

/// By id, in natural order: A2 stands before A10.
struct BeforeId {
  bool operator()(const std::string& left, const std::string& right) const;
};
using Soaks = std::map<std::string, Soak, BeforeId>;

/// Reads the sources, so nothing has to be built to list them.
Outcome<Soaks> find_soaks(const Workspace& workspace);

/// The part of a gtest filter that holds these tests and no others, between its first and last asterisk.
std::string filter_of(const Soak& soak);

}  // namespace starter::console::dev
