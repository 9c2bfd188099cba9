// The table of all findings, and its page.
#include "checks/kinds.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "system/files.h"

namespace starter::console::checks {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(KindsOfFindings, A002_32_StandInTheTableAndOnThePageAlike) {
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/ops/doctor.md");
  std::set<std::string> ids, anchors;
  for (const auto& kind : kinds()) {
    EXPECT_TRUE(ids.insert(kind.id).second) << kind.id << " twice";
    EXPECT_FALSE(kind.means.empty() || kind.fix.empty()) << kind.id;
    EXPECT_THAT(page, HasSubstr("\n## " + kind.id + "\n\n" + kind.means + "\n"));
    const auto docs = found(kind.id, "It is so.").docs;
    EXPECT_TRUE(anchors.insert(docs).second) << docs << " leads to two sections";
  }
  EXPECT_EQ(page, doctor_page()) << "./dev gen";
  EXPECT_THROW(found("nobody.knows", ""), std::logic_error);
}

TEST(KindsOfFindings, NoneIsListedThatNothingFinds) {
  const fs::path root = STARTER_SOURCE_ROOT;
  auto sources = *read_file(root / "packages/starter_service/src/refusals.cpp");
  for (const auto* folder : {"checks", "commands"})
    for (const auto& entry : fs::directory_iterator(root / "packages/starter_console/src" / folder))
      if (entry.path().extension() == ".cpp" && entry.path().filename() != "kinds.cpp")
        sources += *read_file(entry.path());
  for (const auto& kind : kinds()) {
    const bool of_contract =
        kind.id.starts_with("input.") || (kind.id.starts_with("profile.") && kind.id != "profile.locked");
    EXPECT_TRUE(of_contract || sources.find('"' + kind.id + '"') != sources.npos) << kind.id;
  }
}

}  // namespace starter::console::checks
