// Ctrl-C in the middle of a write, before it and behind it: three lines, exit 130, a line of the audit log,
// and every file whole.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "starter/testing/http_peer.h"
#include "starter/testing/process.h"
#include "tests/frame/writers.h"
#include "tests/operate/gate.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

namespace {

/// In that set of /proc/PID/status.
bool has_interrupt(const std::string& status, const std::string& set) {
  const auto at = status.find("\n" + set + ":\t");
  return at != status.npos &&
         (std::strtoul(status.c_str() + at + set.size() + 3, nullptr, 16) & 1U << (SIGINT - 1)) != 0;
}

}  // namespace

class Interrupted : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  /// In the operator's folder, where `before` is done by a shell that becomes the console.
  test::Process start(const Words& words, const std::string& before = ":") const {
    auto all = place.environment;
    all.insert({{"STARTER_ROOT", ""}, {"HOME", folder().string()}, {"NO_COLOR", "1"}});
    std::vector<std::string> line{"/bin/sh", "-c", "cd \"$0\" && " + before + " && exec \"$@\"",
                                  folder().string(), console_binary()};
    line.insert(line.end(), words.begin(), words.end());
    fs::remove(streams / "log");
    return test::Process({.arguments = line, .environment = all, .log = streams / "log"});
  }
  const fs::path& folder() const { return place.someone.folder(); }
  std::string said() const { return read_file(streams / "log").value_or(""); }

  void expect_stopped(test::Process& process, const std::string& command) const {
    EXPECT_EQ(process.wait(), 130) << said();
    EXPECT_EQ(std::ranges::count(said(), '\n'), 3) << said();
    EXPECT_THAT(said(), StartsWith("error: Stopped.\n  why: Ctrl-C or a signal "));
    EXPECT_THAT(said(), HasSubstr("\n  fix: starter-console " + command));
    const auto audited = audit_lines(snapshot_of(folder()));
    ASSERT_FALSE(audited.empty());
    const auto last = json::parse(audited.back()).as_object();
    EXPECT_EQ(std::string(last.at("command").as_string()), command);
    EXPECT_EQ(last.at("exit"), 130);
    EXPECT_EQ(last.at("outcome"), "failed");
  }

  // The copy that is written beside the file is a pipe here, on which the console waits until somebody reads.
  void in_the_middle_of(const std::string& file, const std::string& command, const Words& words) const {
    const auto before = place.someone.files();
    auto process = start(words, "mkfifo '" + file + "'.new-$$");
    const auto pipe = (folder() / (file + ".new-" + std::to_string(process.id()))).string();
    const auto status = "/proc/" + std::to_string(process.id()) + "/status";
    // Whoever becomes the console blocks and catches signals of its own before that.
    const auto name = "Name:\t" + fs::path(console_binary()).filename().string().substr(0, 15) + "\n";
    test::wait_until("signals wait for the write", [&] {
      const auto text = read_file(status).value_or("");
      return text.starts_with(name) && has_interrupt(text, "SigCgt") && has_interrupt(text, "SigBlk");
    });
    ::kill(process.id(), SIGINT);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    expect_stopped(process, command);
    ::close(reader);
    EXPECT_EQ(place.someone.files(), before) << command;
  }
  void while_it_waits_for(const fs::path& lock, const std::string& command, const Words& words) const {
    Gate gate(lock);
    auto process = start(words);
    gate.await_a_run();
    ::kill(process.id(), SIGINT);
    expect_stopped(process, command);
  }
  Words wizard(const Words& more = {}) const {
    Words all{"setup",     "wizard",         "--non-interactive",
              "--profile", "staging",        "--preset",
              "aws",       "--answers-file", place.someone.answers("staging", "aws")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  Place place;
  TemporaryFolder streams;
};

TEST_F(Interrupted, Habit17_TheWizardInTheMiddleOfItsFilesLeavesEachAsItWas) {
  in_the_middle_of("web.env.local", "setup wizard", wizard());
}

TEST_F(Interrupted, Habit17_AnExportOrAnInventoryInTheMiddleLeavesTheFileAsItWas) {
  place.set_up("staging", "other");
  for (const auto* name : {"out.tfvars", "values.yaml", "prod.env", "inventory.md"})
    place.someone.put(name, "# as it was\n");
  in_the_middle_of(
      "out.tfvars", "infra terraform export",
      {"infra", "terraform", "export", "--provider", "aws", "--mode", "template", "--file", "out.tfvars"});
  in_the_middle_of("values.yaml", "infra helm export", {"infra", "helm", "export", "--file", "values.yaml"});
  in_the_middle_of("prod.env", "infra compose export", {"infra", "compose", "export", "--file", "prod.env"});
  in_the_middle_of("inventory.md", "config write-inventory",
                   {"config", "write-inventory", "--file", "inventory.md"});
}

TEST_F(Interrupted, Habit17_OnboardingAndRotationInTheMiddleLeaveTheFileAsItWas) {
  place.someone.put("api.env", "SECRET_KEY=" + std::string(32, 'k') + "\n");
  in_the_middle_of("api.env", "storage onboard",
                   {"storage", "onboard", "s3", "--env-file", "api.env", "--var", "S3_BUCKET=acme"});
  in_the_middle_of("api.env", "secrets rotate",
                   {"secrets", "rotate", "SECRET_KEY", "--in-file", "--env-file", "api.env"});
}

TEST_F(Interrupted, Habit17_WhoWaitsForALockIsToldThatItStopped) {
  const auto before = place.someone.files();
  const auto lock = folder() / "var/lock/setup";
  while_it_waits_for(lock, "setup wizard", wizard({"--wait", "60"}));
  while_it_waits_for(lock, "storage onboard",
                     {"storage", "onboard", "s3", "--var", "S3_BUCKET=acme", "--wait", "60"});
  EXPECT_EQ(place.someone.files(), before);
}

TEST_F(Interrupted, Habit17_TheKeysThatAreBeingWrittenLeaveNoCopy) {
  const auto keys = folder() / "keys/keyset.json";
  const auto lock = folder() / "keys/.lock";
  place.environment["AUTH_KEY_STORAGE_PATH"] = "keys/keyset.json";
  while_it_waits_for(lock, "auth keys generate", {"auth", "keys", "generate"});
  EXPECT_FALSE(fs::exists(keys));
  place.must({"auth", "keys", "generate"});
  const auto before = *read_file(keys);
  while_it_waits_for(lock, "auth keys rotate", {"auth", "keys", "rotate"});
  while_it_waits_for(keys.string() + ".lock", "auth keys rotate", {"auth", "keys", "rotate", "--wait", "60"});
  EXPECT_EQ(*read_file(keys), before);
  for (const auto& entry : fs::directory_iterator(keys.parent_path()))
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".tmp."))) << "a copy with keys";
}

TEST_F(Interrupted, Habit17_AnAnswerThatNobodyGivesIsNotWaitedFor) {
  auto words = wizard();
  words.back() = "answers";
  auto process = start(words, "mkfifo answers");
  // It waits for the answers under the lock.
  test::wait_until("the wizard reads", [&] { return read_file(folder() / "var/lock/setup").has_value(); });
  test::wait_until("its number is in the lock", [&] {
    return read_file(folder() / "var/lock/setup").value_or("") == std::to_string(process.id());
  });
  ::kill(process.id(), SIGINT);
  expect_stopped(process, "setup wizard");
}

TEST_F(Interrupted, Habit17_ADatabaseThatSaysNothingIsNotWaitedFor) {
  const testing_support::Peer silent([](const std::string&) { return std::string(); });
  place.environment["MIGRATE_DATABASE_URL"] =
      "postgresql://owner:pw@" + silent.url().substr(std::string("http://").size()) + "/starter";
  auto process = start(
      {"users", "grant-operator", "--email", "ada@example.com", "--reason", "on call", "--timeout", "300"});
  test::wait_until("the database is asked", [&] { return silent.accepted > 0; });
  ::kill(process.id(), SIGINT);
  expect_stopped(process, "users grant-operator");
}

// Its talk goes into a pipe that is full: the link is made, and not told yet.
TEST_F(Interrupted, Habit17_WhatWasDoneWhenItCameIsToldAllTheSame) {
  place.add_database();
  ASSERT_EQ(::mkfifo((folder() / "talk").c_str(), 0600), 0);
  const int talk = ::open((folder() / "talk").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string filler(4096, '.');
  while (::write(talk, filler.data(), filler.size()) > 0 || ::write(talk, ".", 1) > 0) continue;
  auto process =
      start({"users", "create-owner", "--email", "ada@example.com", "--tenant", "Acme"}, "exec 2>talk");
  test::wait_until("the link is made",
                   [&] { return place.deployment->sql("SELECT count(*) FROM password_resets") == "1"; });
  ::kill(process.id(), SIGINT);
  std::string told;
  std::array<char, 4096> bytes{};
  test::wait_until("it has ended", [&] {
    for (ssize_t got = 0; (got = ::read(talk, bytes.data(), bytes.size())) > 0;)
      told.append(bytes.data(), static_cast<std::size_t>(got));
    return !process.running();
  });
  ::close(talk);
  EXPECT_THAT(said(), HasSubstr("/reset?token="));
  EXPECT_THAT(told, HasSubstr("error: Stopped.\n  why: Ctrl-C or a signal came when all of it was done."));
  const auto audited = audit_lines(snapshot_of(folder()));
  ASSERT_FALSE(audited.empty());
  EXPECT_EQ(json::parse(audited.back()).at("outcome"), "done");
  EXPECT_EQ(json::parse(audited.back()).at("exit"), 130);
}

}  // namespace starter::console::testing
