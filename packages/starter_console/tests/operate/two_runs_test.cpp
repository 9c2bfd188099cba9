// Two runs of a writer at once, the second with --wait: it begins with what the first one wrote, and replaces
// none of it.
#include <gmock/gmock.h>

#include <future>

#include "tests/operate/gate.h"
#include "tests/operate/secrets_fixture.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class TwoRuns : public Secrets {
 protected:
  // What both said, that of the one without a change last.
  std::pair<Ran, Ran> both(std::vector<std::string> words) {
    words.insert(words.end(), {"--wait", "60"});
    Gate gate(someone.folder() / "var/lock/setup");
    auto first = std::async(std::launch::async, [&] { return run(words); });
    gate.await_a_run();
    auto second = std::async(std::launch::async, [&] { return run(words); });
    gate.await_a_run();
    gate.open();
    std::pair ends{first.get(), second.get()};
    for (const auto* one : {&ends.first, &ends.second}) EXPECT_EQ(one->status, 0) << one->err;
    if (ends.first.out.starts_with("no change")) std::swap(ends.first, ends.second);
    return ends;
  }
  void expect_one_change(const std::vector<std::string>& words) {
    const auto [first, second] = both(words);
    EXPECT_THAT(first.out, ::testing::Not(StartsWith("no change")));
    EXPECT_THAT(second.out, StartsWith("no change"));
  }
};

TEST_F(TwoRuns, OfTheWizardMakeTheSecretsOnce) {
  expect_one_change({"setup", "wizard", "--non-interactive", "--profile", "staging", "--preset", "aws",
                     "--answers-file", someone.answers("staging", "aws")});
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("SECRET_KEY="));
}

TEST_F(TwoRuns, OfARotationBothCount) {
  someone.put(".env.local", "SECRET_KEY=" + std::string(40, 'o') + "\n");
  static_cast<void>(both({"secrets", "rotate", "SECRET_KEY", "--in-file", "--step", "add"}));
  EXPECT_EQ(std::ranges::count(someone.read(".env.local"), ','), 2) << someone.read(".env.local");
}

TEST_F(TwoRuns, OfAPullWriteOnce) {
  ASSERT_EQ(run(onboard()).status, 0);
  const auto onboarded = someone.read(".env.local");
  someone.put(".env.local", onboarded + "SECRET_KEY=of-the-first\n", 0600);
  ASSERT_EQ(run({"secrets", "push", "--prefix", id + "/"}).status, 0);
  someone.put(".env.local", onboarded, 0600);
  expect_one_change({"secrets", "pull", "--prefix", id + "/"});
}

TEST_F(TwoRuns, OfOnboardingWriteOnce) {
  expect_one_change(onboard());
}

}  // namespace starter::console::testing
