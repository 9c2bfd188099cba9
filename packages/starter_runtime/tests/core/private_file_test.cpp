// What only its owner reads is replaced whole, and no copy of it stays behind.
#include "starter/core/private_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "starter/testing/process.h"

namespace starter {
namespace {

TEST(PrivateFile, CtrlCInTheMiddleLeavesNoCopyBeside) {
  const test::TemporaryFolder folder;
  const auto path = (folder.path() / "keyset.json").string();
  for (int trial = 0; trial < 20; ++trial) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::signal(SIGINT, SIG_DFL);
      for (int i = 0;; ++i) static_cast<void>(replace_private_file(path, "key " + std::to_string(i)));
    }
    test::wait_until("it writes", [&] { return !read_text_file(path, 64).empty(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(trial));
    ::kill(child, SIGINT);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(read_text_file(path, 64).starts_with("key "));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "a copy stayed";
  }
}

}  // namespace
}  // namespace starter
