// What a test program reported, in one shape whatever it was written with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace starter::console::dev {

struct TestNote {
  std::string name;
  std::string text;  // a failure's output, or why it was skipped
};

struct Results {
  int passed = 0;
  std::vector<TestNote> failed;
  std::vector<TestNote> skipped;

  void add(const Results& other);
  int total() const { return passed + static_cast<int>(failed.size() + skipped.size()); }
};

/// GoogleTest's --gtest_output=json. An unreadable report counts as one failure.
Results parse_gtest(std::string_view report);

/// GoogleTest's output, when the program died and left no report: the test that was running is the failed
/// one.
Results parse_gtest_output(std::string_view output);

/// Vitest's JSON reporter.
Results parse_vitest(std::string_view report);

/// TAP, with the tests inside of tests that node --test indents; what is indented deeper than a failed line,
/// and follows it, are its details. A file that ran no test counts as none.
Results parse_tap(std::string_view output);

}  // namespace starter::console::dev
