// A crash of a service must not write its secrets to a disk.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "support/api.h"

namespace starter::test {
namespace {

class Cores : public testing::Test {
 protected:
  /// Whether a core file is left when `command` crashes while it serves; cores are allowed here.
  bool left_by(const std::string& command, std::map<std::string, std::string> changes) {
    auto environment = api_.environment();
    for (auto& [name, value] : changes) environment[name] = value;
    environment["PORT"] = std::to_string(free_port());
    environment["METRICS_PORT"] = std::to_string(free_port());
    environment["AUDIT_KEY_PATH"] = api_.keyset_path();
    const auto log = api_.folder() / "crash.log";
    Process process({.arguments = {"sh", "-c", "ulimit -c unlimited && cd \"$0\" && exec \"$1\" \"$2\"",
                                   api_.folder().string(), api_binary(), command},
                     .environment = environment,
                     .log = log});
    const Client inside("http://127.0.0.1:" + environment["METRICS_PORT"]);
    wait_until("the service answers", [&] {
      if (!process.running()) throw std::runtime_error("it ended: " + text_of(log));
      return inside.get("/health").status == 200;
    });
    process.signal(SIGABRT);
    EXPECT_EQ(process.wait(), 128 + SIGABRT);
    return process.left_core();
  }
  static std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  Api api_{0};
  const std::map<std::string, std::string> hosted_{
      {"ENVIRONMENT", "production"},
      {"APP_PUBLIC_URL", "https://app.example.com"},
      {"ALLOWED_HOSTS", "api.example.com"},
      {"WEB_TIER_SECRET", random_token(32)},
      {"SMTP_URL", "smtps://user:" + random_token(18) + "@mail.example.com"},
      {"AUTH_KEY_STORAGE_FILE_ALLOWED", "true"}};
};

TEST_F(Cores, P14AHostedServiceAndItsWorkerLeaveNone) {
  if (!left_by("serve", {})) GTEST_SKIP() << "this machine keeps no cores: no process leaves one";
  EXPECT_FALSE(left_by("serve", hosted_));
  EXPECT_FALSE(left_by("worker", hosted_));
}

}  // namespace
}  // namespace starter::test
