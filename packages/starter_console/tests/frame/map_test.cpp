// The tree of the commands.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "frame/help.h"

namespace starter::console {

TEST(Map, HasEachNameOfAGroupOnce) {
  for (const bool development : {false, true}) {
    std::istringstream lines(command_map(development));
    std::set<std::string> groups;
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("  ") && line[2] != ' ')
        EXPECT_TRUE(groups.insert(line).second) << line << " stands there twice";
    EXPECT_GE(groups.size(), 10u);
  }
}

}  // namespace starter::console
