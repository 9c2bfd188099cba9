// Lists in one line: what people write between commas, and secrets in which every byte counts.
#include "starter/core/text.h"

#include <gmock/gmock.h>

#include <set>

namespace starter {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Text, ItemsAreWithoutBlanksAndPartsAsTheyStand) {
  EXPECT_THAT(items_of(" a, b c ,,  ,d"), ElementsAre("a", "b c", "d"));
  EXPECT_THAT(parts_of(" a, b c ,,  ,d"), ElementsAre(" a", " b c ", "  ", "d"));
  EXPECT_THAT(items_of("one  two", ' '), ElementsAre("one", "two"));
  EXPECT_THAT(items_of("last,"), ElementsAre("last"));
  for (const char* nothing : {"", ",", ",,,", "   ", " , "})
    EXPECT_THAT(items_of(nothing), IsEmpty()) << nothing;
}

TEST(Text, JoinedIsWhatPeopleRead) {
  EXPECT_EQ(joined(std::vector<std::string>{"a", "b"}), "a, b");
  EXPECT_EQ(joined(std::set<std::string>{"b", "a"}, " "), "a b");
  EXPECT_EQ(joined(parts_of("n,o")), "n, o");
  EXPECT_EQ(joined(std::vector<std::string>{}), "");
}

}  // namespace starter
