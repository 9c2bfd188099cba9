// Secrets as files.
#include "starter/providers/file_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "starter/net/timer.h"
#include "starter/testing/process.h"
#include "starter/testing/run.h"

namespace starter::providers {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Result<StoredSecret> get(const std::string& name) {
    return test::await(loop, store.get(name, net::deadline_in(20s)));
  }
  Result<std::string> put(const std::string& name, const std::string& value, const std::string& expected) {
    return test::await(loop, store.put(name, Secret(value), expected, net::deadline_in(20s)));
  }
  test::TemporaryFolder folder;
  asio::io_context loop{1};
  FileStore store{folder.path() / "secrets"};
};

TEST_F(Files, A000_09KeepWhatIsPutForTheirOwnerAlone) {
  EXPECT_TRUE(get("app/keyset").error().is(problems::secret_absent));
  const auto first = put("app/keyset", "one", "");
  ASSERT_TRUE(first) << first.error().cause();
  const auto read = get("app/keyset");
  EXPECT_EQ(read->value.reveal(), "one");
  EXPECT_EQ(read->version, *first);
  struct stat facts{};
  ASSERT_EQ(::stat((folder.path() / "secrets/app/keyset").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  ASSERT_TRUE(put("db", "two", ""));
  EXPECT_THAT(*test::await(loop, store.list("", net::deadline_in(1s))), ElementsAre("app/keyset", "db"));
  EXPECT_THAT(*test::await(loop, store.list("app/", net::deadline_in(1s))), ElementsAre("app/keyset"));
}

TEST_F(Files, ChangeOnlyFromTheVersionThatWasRead) {
  const auto first = put("key", "one", "");
  EXPECT_TRUE(put("key", "two", "").error().is(problems::secret_changed)) << "there is one already";
  const auto second = put("key", "two", *first);
  ASSERT_TRUE(second);
  EXPECT_TRUE(put("key", "three", *first).error().is(problems::secret_changed));
  EXPECT_EQ(get("key")->value.reveal(), "two");
}

TEST_F(Files, LoseNoChangeOfManyWriters) {
  ASSERT_TRUE(put("count", "0", ""));
  constexpr int kWriters = 4, kEach = 25;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i)
    writers.emplace_back([this] {
      asio::io_context own{1};
      FileStore mine(folder.path() / "secrets");
      for (int done = 0; done < kEach;) {
        const auto now = test::await(own, mine.get("count", net::deadline_in(20s)));
        const Secret next(std::to_string(std::stoi(std::string(now->value.reveal())) + 1));
        if (test::await(own, mine.put("count", next, now->version, net::deadline_in(20s)))) ++done;
      }
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(get("count")->value.reveal(), std::to_string(kWriters * kEach));
}

TEST_F(Files, RefuseNamesThatLeadElsewhereAndFilesThatOthersRead) {
  for (const char* name : {"", "/etc/passwd", "../x", "a/../../x", ".lock", "a//", "a/."})
    EXPECT_TRUE(get(name).error().is(problems::secret_refused)) << name;
  ASSERT_TRUE(put("open", "x", ""));
  fs::permissions(folder.path() / "secrets/open", fs::perms{0644});
  EXPECT_THAT(std::string(get("open").error().cause()), HasSubstr("chmod 600"));
}

TEST_F(Files, SayWhyAFolderCantBeWritten) {
  std::ofstream(folder.path() / "secrets") << "a file where the folder should be";
  const auto refused = put("key", "value", "");
  ASSERT_FALSE(refused);
  EXPECT_THAT(std::string(refused.error().cause()), HasSubstr("can't write in"));
  EXPECT_FALSE(test::await(loop, store.probe("key", net::deadline_in(1s))));
}

TEST_F(Files, AreProbedByWritingAndLeaveNothing) {
  EXPECT_FALSE(*test::await(loop, store.probe("key", net::deadline_in(1s))));
  ASSERT_TRUE(put("key", "value", ""));
  EXPECT_TRUE(*test::await(loop, store.probe("key", net::deadline_in(1s))));
  for (const auto& entry : fs::directory_iterator(folder.path() / "secrets"))
    EXPECT_FALSE(entry.path().filename().string().starts_with(".probe")) << entry.path();
}

}  // namespace
}  // namespace starter::providers
