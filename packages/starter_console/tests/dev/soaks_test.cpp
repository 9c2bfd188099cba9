#include "dev/soaks.h"

#include <gmock/gmock.h>

#include "tests/support.h"

namespace starter::console::dev {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TemporaryFolder;

class SoaksTest : public ::testing::Test {
 protected:
  SoaksTest() {
    root.put("tools/suites.yaml", R"(
suites:
  - {name: api, format: gtest, command: [build/everyday/apps/api/api_tests]}
  - {name: fuzz, format: tap, command: [bash, fuzz.sh], soak: P9, minutes: 360}
)");
    root.put("apps/api/tests/a_test.cpp", source_of("_F", "Redis, P2GoesOn") +
                                              source_of("", "Redis, P10IsNotP1") +
                                              source_of("_P", "Sign, A11In") + source_of("", "Sign, A2Out") +
                                              source_of("", "Sign, OutOfP2"));
  }
  /// Put together here, so that ./dev soak does not find it in this file.
  static std::string source_of(const std::string& kind, const std::string& words) {
    return "TEST" + kind + "(" + words + ") {}\n";
  }
  Soaks find() const { return *find_soaks(Workspace(root.path())); }

  TemporaryFolder root;
};

TEST_F(SoaksTest, AreFoundByTheIdAtTheBeginningOfATestsNameInNaturalOrder) {
  std::vector<std::string> ids;
  for (const auto& [id, soak] : find()) ids.push_back(id);
  EXPECT_THAT(ids, ElementsAre("A2", "A11", "P2", "P9", "P10"));
  const auto soak = find().at("P2");
  EXPECT_THAT(soak.tests, ElementsAre("P2GoesOn"));
  ASSERT_THAT(soak.suites, SizeIs(1));
  EXPECT_EQ(soak.suites[0].name, "api");
  EXPECT_EQ(filter_of(soak), ".P2GoesOn");
  EXPECT_THAT(soak.whole, IsEmpty());
}

TEST_F(SoaksTest, ASuiteThatIsTheFigureRunsAsAWhole) {
  const auto soak = find().at("P9");
  ASSERT_THAT(soak.whole, SizeIs(1));
  EXPECT_EQ(soak.whole[0].name, "fuzz");
  EXPECT_EQ(soak.whole[0].minutes, 360);
  EXPECT_THAT(soak.suites, IsEmpty());
}

TEST(Soaks, OfThisTreeNameNoIdThatNoFigureHas) {
  const auto soaks = find_soaks(Workspace(STARTER_SOURCE_ROOT));
  ASSERT_TRUE(soaks.has_value()) << soaks.error().what;
  for (const auto& [id, soak] : *soaks) EXPECT_LE(std::stoi(id.substr(1)), 20) << id;
  for (const auto* id : {"P8", "P9", "P10"}) EXPECT_THAT(soaks->at(id).whole, SizeIs(1)) << id;
}

}  // namespace starter::console::dev
