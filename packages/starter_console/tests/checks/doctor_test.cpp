// doctor in a clone: each thing that is broken gets its own code, --fix mends what can be mended without
// harm, says so, and leaves the rest.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "dev/settings.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

class Doctor : public ::testing::Test {
 protected:
  Doctor() {
    // A clone that was started once and is stopped.
    for (const auto* folder : {"logs", "env", "keys", "mail"})
      fs::create_directories(root / "var/dev" / folder);
    EXPECT_TRUE(dev::clone_secrets(dev::Workspace(root.path())).has_value());
    root.put("var/dev/port-base", std::to_string(reserve_port_block()) + "\n");
  }
  boost::json::object doctor(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"doctor", "--json"});
    return boost::json::parse(run_console(more, {{"STARTER_ROOT", root.path().string()}}).out).as_object();
  }
  /// The codes that are not ok, in the order of severity.
  std::multiset<std::string> codes() const {
    std::multiset<std::string> all;
    for (const auto& one : doctor().at("findings").as_array())
      if (one.at("severity") != "ok") all.emplace(one.at("id").as_string());
    return all;
  }
  /// What `break_it` adds to what this machine has anyway.
  template <class Break>
  std::multiset<std::string> added_by(const Break& break_it) const {
    const auto before = codes();
    break_it();
    auto after = codes();
    std::multiset<std::string> added;
    std::ranges::set_difference(after, before, std::inserter(added, added.end()));
    return added;
  }
  fs::path state() const { return root / "var/dev"; }
  TemporaryFolder root;
};

using Codes = std::multiset<std::string>;

TEST_F(Doctor, EachBrokenThingHasItsOwnCodeAndFixMendsIt) {
  struct Case {
    const char* code;
    std::function<void()> break_it;
    bool mended;
  };
  const Case cases[] = {
      {"local.secret_mode", [&] { fs::permissions(state() / "secrets.env", fs::perms{0644}); }, true},
      {"local.secret_mode", [&] { root.put("var/dev/credentials", "password: x\n", 0640); }, true},
      {"local.env_mode", [&] { root.put("apps/api-service/.env.local", "LOG_LEVEL=INFO\n", 0644); }, true},
      {"local.folder_missing", [&] { fs::remove(state() / "mail"); }, true},
      {"local.secrets_missing",
       [&] {
         const auto text = *read_file(state() / "secrets.env");
         const auto line = text.find("SECRET_KEY=");
         root.put("var/dev/secrets.env", text.substr(0, line) + text.substr(text.find('\n', line) + 1), 0600);
       },
       true},
      {"local.port_base", [&] { root.put("var/dev/port-base", "ninety\n"); }, true},
      {"local.stale_pid",
       [&] { root.put("var/dev/postgres/postmaster.pid", std::to_string(::getpid()) + "\n"); }, true},
      {"local.state", [&] { root.put("var/dev/state.json", "{half"); }, true},
      {"local.stale_state",
       [&] {
         root.put("var/dev/state.json",
                  "{\"parts\":[\n{\"name\":\"api\",\"pid\":1,\"start\":1,\"signal\":\"TERM\",\"port\":1,"
                  "\"fingerprint\":\"x\"}\n]}\n");
       },
       true},
      {"local.env_syntax", [&] { root.put("apps/web-app/.env.local", "no line\n", 0600); }, false},
      {"local.keyset", [&] { root.put("var/dev/keys/keyset.json", "{}", 0600); }, false},
      {"local.packages", [&] { root.put("apps/web-app/package.json", "{}"); }, false},
  };
  for (const auto& [code, break_it, mended] : cases) {
    EXPECT_EQ(added_by(break_it), Codes{code});
    const auto planned = doctor({"--fix", "--dry-run"});
    EXPECT_EQ(planned.at("fixed").as_array().size(), mended ? 1u : 0u) << code;
    EXPECT_TRUE(codes().contains(code)) << "a plan changes nothing";
    EXPECT_EQ(doctor({"--fix"}).at("fixed").as_array().size(), mended ? 1u : 0u) << code;
    EXPECT_EQ(codes().contains(code), !mended) << code;
    EXPECT_TRUE(doctor({"--fix"}).at("fixed").as_array().empty())
        << code << ": there is nothing left to mend";
    root.put("var/dev/port-base", std::to_string(reserve_port_block()) + "\n");
    fs::remove_all(root / "apps");
    fs::remove(state() / "keys/keyset.json");
  }
}

TEST_F(Doctor, APortOfAnotherProgramIsNamedWithItsHolder) {
  const auto base = reserve_port_block();
  root.put("var/dev/port-base", std::to_string(base) + "\n");
  const auto node = find_program("node");
  if (!node) GTEST_SKIP() << "no node";
  const auto holder = start_process(
      {.argv = {node->string(), "-e",
                "require('net').createServer().listen(" + std::to_string(base) + ",'127.0.0.1')"}});
  ASSERT_TRUE(holder.has_value());
  for (int i = 0; i < 500 && !accepts(base); ++i) ::usleep(10'000);
  const auto said = boost::json::serialize(doctor().at("findings"));
  stop_process(*holder, 15, std::chrono::seconds(5));
  EXPECT_THAT(said, HasSubstr("local.port"));
  EXPECT_THAT(said, HasSubstr("Port " + std::to_string(base) + " is taken."));
  EXPECT_THAT(said, HasSubstr("./dev up --port-base " + std::to_string(base + 100)));
}

TEST_F(Doctor, AMissingProgramAndAnOldOneAreNamed) {
  const TemporaryFolder programs;
  programs.put("node", "#!/bin/sh\necho v18.20.4\n", 0755);
  const auto ran = run_console({"doctor", "--json"},
                               {{"STARTER_ROOT", root.path().string()}, {"PATH", programs.path().string()}});
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.out, HasSubstr("found: 18.20.4, wanted: 22.0.0 or newer"));
  EXPECT_THAT(ran.out, HasSubstr("sudo apt-get install -y ninja-build"));
}

TEST_F(Doctor, FixLeavesSecretsThatAreThereAsTheyAre) {
  const auto before = dev::parse_environment(*read_file(state() / "secrets.env"));
  auto text = dev::format_environment(before);
  const auto line = text.find("SECRET_KEY=");
  text.erase(line, text.find('\n', line) + 1 - line);
  root.put("var/dev/secrets.env", text, 0600);
  doctor({"--fix"});
  auto after = dev::parse_environment(*read_file(state() / "secrets.env"));
  EXPECT_NE(after["SECRET_KEY"], before.at("SECRET_KEY"));
  EXPECT_GE(after["SECRET_KEY"].size(), 32u);
  after["SECRET_KEY"] = before.at("SECRET_KEY");
  EXPECT_EQ(after, before);
}

TEST_F(Doctor, AFixIsOneLineOfTheAuditLogAndALookIsNone) {
  fs::permissions(state() / "secrets.env", fs::perms{0644});
  doctor({"--fix", "--dry-run"});
  EXPECT_FALSE(fs::exists(root / "var/log"));
  doctor({"--fix"});
  const auto log = read_file(root / "var/log/console-audit.jsonl");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(std::ranges::count(*log, '\n'), 1) << "one line for the one change";
}

// Habit 28.
TEST_F(Doctor, FitsFortyColumnsButForWhatIsCopied) {
  const TemporaryFolder empty;
  const auto ran = run_console({"doctor"}, {{"STARTER_ROOT", ""}, {"COLUMNS", "40"}}, empty.path());
  std::istringstream lines(ran.out);
  int findings = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool one_piece = line.find("fix:  ") != std::string::npos || line.find(' ', 9) == std::string::npos;
    EXPECT_TRUE(one_piece || line.size() <= 40) << line;
    findings += line.find("fix:  ") != std::string::npos;
  }
  EXPECT_GT(findings, 0);
}

}  // namespace starter::console::testing
