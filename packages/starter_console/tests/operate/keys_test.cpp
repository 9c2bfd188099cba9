// The signing keys: made once, rotated in two steps, never written by two at once.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <thread>

#include "starter/crypto/keyset.h"
#include "system/process.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;
namespace json = boost::json;

class SigningKeys : public ::testing::Test {
 protected:
  fs::path file() const { return deployment.folder() / "keys/keyset.json"; }
  json::value status() const { return json::parse(deployment.run({"auth", "keys", "status", "--json"}).out); }
  Deployment deployment;
};

TEST_F(SigningKeys, AreMadeOnceForTheirOwnerAlone) {
  EXPECT_EQ(deployment.run({"auth", "keys", "status"}).status, 5) << "there is none yet";
  const auto planned = deployment.run({"auth", "keys", "generate", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_FALSE(fs::exists(file())) << "a dry run writes nothing";
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  struct stat facts{};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const auto before = *read_file(file());
  const auto again = deployment.run({"auth", "keys", "generate"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("no change: " + file().string() + " is there"));
  EXPECT_EQ(*read_file(file()), before);
}

TEST_F(SigningKeys, RotateInTwoStepsWithATimeBetween) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto first = status().at("active").at("kid").as_string();
  EXPECT_EQ(status().at("step"), "publish");

  ASSERT_EQ(deployment.run({"auth", "keys", "rotate"}).status, 0);
  const auto published = status();
  EXPECT_EQ(published.at("active").at("kid"), first) << "the old key signs on";
  EXPECT_EQ(published.at("step"), "wait");
  const auto text = *read_file(file());
  const auto early = deployment.run({"auth", "keys", "rotate"});
  EXPECT_EQ(early.status, 8) << "pending";
  EXPECT_THAT(early.out, StartsWith("no change\n"));
  EXPECT_EQ(deployment.run({"auth", "keys", "rotate", "--dry-run"}).status, 0) << "a plan of no steps";
  EXPECT_EQ(*read_file(file()), text) << "too early changes nothing";

  // The time passes: the file says that every verifier has known the key since yesterday.
  auto keyset = crypto::Keyset::create(Clock::system().now() - std::chrono::hours(48));
  ASSERT_EQ(keyset.publish_next(Clock::system().now() - std::chrono::hours(24), std::chrono::seconds(1)),
            nullptr);
  ASSERT_EQ(crypto::save_keyset_file(file().string(), keyset), "");
  EXPECT_EQ(status().at("step"), "promote");
  ASSERT_EQ(deployment.run({"auth", "keys", "rotate"}).status, 0);
  const auto promoted = status();
  EXPECT_EQ(promoted.at("active").at("kid").as_string(), keyset.next()->kid);
  EXPECT_EQ(promoted.at("retired").at(0).at("kid").as_string(), keyset.active().kid)
      << "the old key verifies on";
  EXPECT_TRUE(promoted.at("next").is_null());
}

TEST_F(SigningKeys, AreChangedByOneWriterAtATime) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const int lock = ::open((file().string() + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  const auto refused = deployment.run({"auth", "keys", "rotate"});
  EXPECT_EQ(refused.status, 6);
  EXPECT_THAT(refused.err, HasSubstr("has held its lock for"));
  std::jthread release([lock] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::close(lock);
  });
  EXPECT_EQ(deployment.run({"auth", "keys", "rotate", "--wait", "20"}).status, 0)
      << "--wait gets it in the end";
}

TEST_F(SigningKeys, AreShownWithoutTheirPrivateHalves) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto keys = json::parse(deployment.run({"auth", "jwks", "print"}).out);
  ASSERT_EQ(keys.at("keys").as_array().size(), 1u);
  EXPECT_EQ(keys.at("keys").at(0).at("kty"), "OKP");
  EXPECT_FALSE(keys.at("keys").at(0).as_object().contains("d"));
  fs::permissions(file(), fs::perms{0644});
  const auto open = deployment.run({"auth", "keys", "status"});
  EXPECT_EQ(open.status, 1);
  EXPECT_THAT(open.err, HasSubstr("can be read by others"));
}

TEST_F(SigningKeys, EachChangeIsNotedAndNothingElse) {
  deployment.run({"auth", "keys", "generate", "--dry-run"});
  deployment.run({"auth", "keys", "status"});
  EXPECT_TRUE(deployment.audit_lines().empty());
  deployment.run({"auth", "keys", "generate"});
  deployment.run({"auth", "keys", "generate"});  // there already: nothing changed
  deployment.run({"auth", "keys", "rotate"});
  deployment.run({"auth", "keys", "rotate"});  // too early: nothing changed
  const auto lines = deployment.audit_lines();
  ASSERT_EQ(lines.size(), 2u);
  const auto done = json::parse(lines[0]);
  for (const auto* field : {"at", "who", "command", "what", "plan", "outcome", "exit"})
    EXPECT_TRUE(done.as_object().contains(field)) << field;
  EXPECT_EQ(done.at("outcome"), "done");
  EXPECT_EQ(json::parse(lines[1]).at("command"), "auth keys rotate");
}

TEST_F(SigningKeys, AFileWithTwoActiveKeysIsRefusedWithAWayOn) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  auto twice = *read_file(file());
  const auto active =
      twice.substr(twice.find("\"active\":"), twice.find(",\"next\"") - twice.find("\"active\":"));
  twice.insert(twice.find("\"active\":"), active + ",");
  ASSERT_TRUE(write_file(file(), twice, 0600));
  for (const char* verb : {"status", "rotate", "generate"}) {
    const auto ran = deployment.run({"auth", "keys", verb});
    EXPECT_EQ(ran.status, 1) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("two active keys"));
    EXPECT_EQ(*read_file(file()), twice) << "as it was";
  }
  const auto err = deployment.run({"auth", "keys", "status"}).err;
  auto fix = err.substr(err.find("fix: ") + 5);
  fix = fix.substr(0, fix.find("   #"));
  ASSERT_THAT(fix, HasSubstr(" && starter-console auth keys generate"));
  // As it would be pasted, with this console for the name.
  fix.replace(fix.find("starter-console"), 15, "'" + console_binary() + "'");
  const auto pasted = run_process(
      {.argv = {"sh", "-c", fix}, .environment = deployment.environment(), .folder = deployment.folder()},
      60s);
  ASSERT_TRUE(pasted.has_value());
  EXPECT_EQ(pasted->status, 0) << pasted->output;
  EXPECT_EQ(deployment.run({"auth", "keys", "status"}).status, 0);
}

}  // namespace starter::console::testing
