// What every command prints when it is run where it can do no harm: JSON that its schema describes, a stream
// of events, plain lines. And that it changes nothing and asks nobody.
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <boost/json.hpp>
#include <cstddef>
#include <thread>

#include "tests/frame/harmless.h"
#include "tests/setup/operator.h"
#include "tests/snapshot.h"

namespace starter::console::testing {

bool fits(const boost::json::value& value, std::string_view type) {
  return value.is_null() || (type == "string" && value.is_string()) ||
         (type == "boolean" && value.is_bool()) || (type == "array" && value.is_array()) ||
         (type == "object" && value.is_object()) ||
         (type == "integer" && (value.is_int64() || value.is_uint64()));
}

INSTANTIATE_TEST_SUITE_P(Table, EveryHarmlessRun, ::testing::ValuesIn(run_commands()), test_name);

TEST_P(EveryHarmlessRun, PrintsOneJsonDocumentThatItsSchemaDescribes) {
  const auto ran = run({"--json"});
  expect_declared(ran.status);
  boost::system::error_code wrong;
  const auto document = boost::json::parse(ran.out, wrong);
  ASSERT_FALSE(wrong) << ran.out;
  if (document.as_object().contains("error")) {
    EXPECT_EQ(document.at("error").at("exit").as_int64(), ran.status);
    return;
  }
  for (const auto& [name, value] : document.as_object()) {
    if (command().name == "help") continue;  // a description of commands, not a reply of one
    const auto field = std::ranges::find(command().reply, std::string_view(name), &Field::name);
    if (field == command().reply.end()) {
      ADD_FAILURE() << std::string(name) << " is not described";
    } else {
      EXPECT_TRUE(fits(value, field->type)) << std::string(name) << " is no " << field->type;
    }
  }
}

TEST_P(EveryHarmlessRun, StreamsEventsOfWhichTheLastIsTheResult) {
  const auto ran = run({"--output", "stream-json"});
  expect_declared(ran.status);
  std::istringstream lines(ran.out);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    boost::system::error_code wrong;
    const auto event = boost::json::parse(line, wrong);
    ASSERT_FALSE(wrong) << line;
    last = std::string(event.at("event").as_string());
  }
  EXPECT_TRUE(last == "result" || last == "error") << last;
}

TEST_P(EveryHarmlessRun, WritesPlainLinesForEveryTerminalAndScreenReader) {
  const auto ran = run({});
  expect_declared(ran.status);
  for (const char c : ran.out + ran.err) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << "byte " << static_cast<int>(c) << " in\n"
                                                     << ran.out << ran.err;
    if (c != '\n' && (c < ' ' || c > '~')) break;
  }
}

TEST_P(EveryHarmlessRun, ChangesNothingAndLeavesAnEmptyFolderEmpty) {
  auto& there = shared_deployment();
  const auto files = snapshot_of(there.folder());
  const auto rows = there.rows();
  const Operator someone;
  auto environment = there.environment();
  environment["STARTER_API"] = STARTER_API_BINARY;
  if (!is_development(command())) environment["STARTER_ROOT"] = "";
  const auto ran = someone.run(typed({}), environment);
  expect_declared_anywhere(ran.status);
  EXPECT_THAT(difference({}, snapshot_of(someone.folder())), ::testing::IsEmpty());
  EXPECT_THAT(difference(files, snapshot_of(there.folder())), ::testing::IsEmpty());
  EXPECT_EQ(there.rows(), rows);
}

// Runs it in a thread whose programs the kernel kills at the first socket to another machine.
std::optional<Ran> without_network(const std::function<Ran()>& run) {
  std::optional<Ran> ran;
  std::thread([&] {
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{.len = std::size(code), .filter = code};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
      ran = run();
  }).join();
  return ran;
}

TEST_P(EveryHarmlessRun, AsksNobodyUnlessItTakesATimeout) {
  if (is_development(command()) || command().reaches) return;
  const auto ran = without_network([&] { return run({}); });
  if (!ran) GTEST_SKIP() << "this system allows no filter of system calls";
  expect_declared(ran->status);
}

TEST(Network, IsSeenByTheFilter) {
  const auto ran = without_network([] { return run_console({"verify", "http://127.0.0.1:1"}); });
  if (!ran) GTEST_SKIP() << "this system allows no filter of system calls";
  EXPECT_EQ(ran->status, 128 + SIGSYS);
}

}  // namespace starter::console::testing
