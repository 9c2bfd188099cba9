#include "dev/watch.h"

#include "tests/support.h"

namespace starter::console::dev {

using testing::TemporaryFolder;

TEST(SourceMark, ChangesWithEverySaveAdditionAndRemovalOfASource) {
  const TemporaryFolder folder;
  folder.put("src/a.cpp", "1");
  folder.put("src/notes.md", "1");
  const auto first = mark_sources({folder / "src"});
  folder.put("src/notes.md", "2");
  EXPECT_EQ(mark_sources({folder / "src"}), first) << "no source";
  fs::last_write_time(folder / "src/a.cpp", fs::file_time_type::clock::now() + std::chrono::seconds(1));
  const auto saved = mark_sources({folder / "src"});
  EXPECT_NE(saved, first);
  folder.put("src/b.sql", "1");
  EXPECT_NE(mark_sources({folder / "src"}), saved);
  fs::remove(folder / "src/b.sql");
  EXPECT_EQ(mark_sources({folder / "src"}), saved);
}

}  // namespace starter::console::dev
