// ./dev test where the distribution lacks a package, with apt in the place of this machine's.
#include <gmock/gmock.h>

#include "system/files.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

class TestPackages : public ::testing::Test {
 protected:
  TestPackages() {
    program("dpkg-query", "exit 1");
    program("apt-cache", "echo 'unheard-of:'; echo '  Candidate: (none)'");
    program("apt-get", "test \"$1\" = update");
  }

  Ran test_with(const std::string& instead) const {
    clone_.put("tools/suites.yaml",
               "suites:\n"
               "  - {name: plain, format: tap, command: [echo, ok 1 - plain]}\n"
               "  - {name: seen, format: tap, packages: [unheard-of], instead: [sh, -c, '" +
                   instead + "'], command: [echo, ok 1 - seen]}\n");
    return run_console({"dev", "test"}, {{"STARTER_ROOT", clone_.path().string()},
                                         {"PATH", (clone_ / "bin").string() + ":" + std::getenv("PATH")}});
  }

  void program(const std::string& name, const std::string& does) const {
    clone_.put("bin/" + name, "#!/bin/sh\n" + does + "\n", 0755);
  }

  TemporaryFolder clone_;
};

TEST_F(TestPackages, WhatTheDistributionLacksIsGotElsewhere) {
  const auto ran = test_with("exit 0");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("2 passed, 0 failed, 0 skipped"));
}

TEST_F(TestPackages, ASuiteThatFindsItNowhereIsSkippedAndSaysWhy) {
  const auto ran = test_with("exit 1");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("1 passed, 0 failed, 1 skipped"));
  EXPECT_THAT(ran.err,
              HasSubstr("SKIPPED seen: this distribution has no package unheard-of, and this failed: "
                        "sh -c exit 1"));
}

TEST_F(TestPackages, WhatItOffersIsInstalledAndAFailureToldAsOne) {
  program("apt-cache", "echo 'unheard-of:'; echo '  Candidate: 1.0'");
  const auto ran = test_with("exit 0");
  EXPECT_NE(ran.status, 0);
  EXPECT_THAT(ran.err, HasSubstr("unheard-of"));
  EXPECT_THAT(ran.err, HasSubstr("fix: "));
}

}  // namespace starter::console::testing
