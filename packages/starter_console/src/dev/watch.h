// ./dev watch: what is saved is built and served, on the ports and data of the stack.
#pragma once

#include "dev/stack.h"

namespace starter::console::dev {

struct WatchChoices {
  bool api = true;
  bool web = true;
};

/// Runs until interrupted. The API goes on serving while a new one is built; one that does not compile or
/// does not get ready is reported and the one before it serves on.
Outcome<> watch(const Stack& stack, const WatchChoices& choices);

/// The newest modification among the C++ sources and migrations, and how many files there are: together they
/// change with every save, addition and removal.
struct SourceMark {
  fs::file_time_type newest = fs::file_time_type::min();  // the clock's epoch lies in the future
  std::size_t files = 0;
  bool operator==(const SourceMark&) const = default;
};
SourceMark mark_sources(const std::vector<fs::path>& folders);

}  // namespace starter::console::dev
