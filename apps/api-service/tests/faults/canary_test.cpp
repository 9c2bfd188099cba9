// Every secret that goes in is looked for in everything that comes out: logs, problems, metrics, command
// lines, what commands print, the headers of mails. Raw, as base64, percent-encoded and as hex.
#include "starter/testing/canary.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "starter/crypto/encoding.h"
#include "support/api.h"
#include "support/raw_http.h"
#include "support/sql.h"
#include "worker/smtp_peer.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Canaries : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& [where, text] : outputs_) {
      for (const auto& [what, secret] : secrets_) {
        for (const auto& spelling : spellings(secret))
          EXPECT_EQ(text.find(spelling), text.npos) << what << " stands in " << where << ": " << spelling;
      }
    }
  }
  /// Sends on `client` and keeps what is answered when it is a problem.
  Response ask(const Client& client, const std::string& method, const std::string& path,
               const std::string& body = "") {
    const auto reply = client.send(method, path, body);
    if (reply.status >= 400) {
      auto& out = outputs_["the answer to " + method + " " + path.substr(0, path.find('?'))];
      for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\n";
      out += reply.body;
    }
    return reply;
  }
  std::string canary(const std::string& what) {
    return secrets_[what] = "cAnArY/" + std::to_string(secrets_.size()) + "+of " + random_token(18);
  }
  /// What a command prints with that environment; its exit code is not judged.
  void keep_command(const std::string& command, std::map<std::string, std::string> environment) {
    const auto log = folder_.path() / ("command-" + std::to_string(++commands_) + ".log");
    run({.arguments = {STARTER_API, command}, .environment = std::move(environment), .log = log});
    outputs_["what " + command + " printed (" + std::to_string(commands_) + ")"] = contents(log);
  }
  void keep_process(const std::string& name, pid_t process) {
    outputs_["the command line of " + name] = contents("/proc/" + std::to_string(process) + "/cmdline");
  }

  std::map<std::string, std::string> secrets_, outputs_;
  TemporaryFolder folder_;
  int commands_ = 0;
};

TEST_F(Canaries, P14TheSearchFindsEverySpelling) {
  const std::string secret = "cAnArY/7+of a day";
  const auto all = spellings(secret);
  const auto found = [&](const std::string& text) {
    return std::any_of(all.begin(), all.end(), [&](const auto& s) { return text.find(s) != text.npos; });
  };
  EXPECT_TRUE(found("x" + secret + "y"));
  EXPECT_TRUE(found(crypto::hex_encode("x" + secret)));
  EXPECT_TRUE(found("q=" + percent_encoded(secret)));
  for (const char* before : {"", "a", "ab", "abc", "abcd"})
    EXPECT_TRUE(found(crypto::base64url_encode(before + secret + " and more"))) << before;
  EXPECT_FALSE(found("cAnArY/8+of a day"));
}

TEST_F(Canaries, P14NoSecretThatGoesInComesOut) {
  PostgresServer postgres;
  const SmtpPeer mails;
  const auto redis_password = percent_encoded(canary("the password of Redis"));
  Api api(1,
          {{"LOG_LEVEL", "DEBUG"},
           {"REDIS_URL",
            "redis://default:" + redis_password + "@127.0.0.1:" + std::to_string(shared_redis().port())},
           {"WEB_TIER_SECRET", canary("WEB_TIER_SECRET")},
           {"SMTP_URL", mails.url()}},
          postgres);
  for (const auto& [name, value] : api.environment()) {
    if (name.find("PEPPER") != name.npos || name == "SECRET_KEY" || name == "SERVICE_ACCOUNT_SIGNING_SECRET")
      secrets_[name] = value;
  }
  secrets_["the password of the databases"] = "password-of-tests";
  secrets_["the signing keys"] = [&] {
    const auto keyset = boost::json::parse(contents(api.keyset_path()));
    return std::string(keyset.at("active").at("private").as_string());
  }();

  // A life: sign-up, confirmation, sign-in, refresh, invitation, reset, and the same with wrong secrets.
  auto worker_environment = api.environment();
  const int worker_port = free_port();
  worker_environment["METRICS_PORT"] = std::to_string(worker_port);
  worker_environment["AUDIT_KEY_PATH"] = (folder_.path() / "audit.json").string();
  const auto worker_log = folder_.path() / "worker.log";
  Process worker(
      {.arguments = {STARTER_API, "worker"}, .environment = worker_environment, .log = worker_log});
  const auto tenant = api.tenant("Canaries");
  const auto guest = api.member(tenant, "guest", "member");
  for (const auto& [name, person] : {std::pair{"owner", tenant.owner}, {"guest", guest}}) {
    secrets_[std::string("the password of ") + name] = person.password;
    secrets_[std::string("the access token of ") + name] = person.access_token;
    secrets_[std::string("the refresh token of ") + name] = person.refresh_token;
    secrets_[std::string("the device token of ") + name] = person.device_token;
    secrets_[std::string("the confirmation of ") + name] = api.verification_token(person.email);
  }
  secrets_["the invitation"] = api.invite_token(guest.email);
  const auto anyone = api.client();
  ASSERT_EQ(ask(anyone, "POST", "/api/v1/auth/forgot", R"({"email":")" + guest.email + "\"}").status, 202);
  wait_until("the mails are out", [&] { return mails.mails_to(guest.email).size() >= 3; });
  secrets_["the reset"] = api.reset_token(guest.email);
  for (const auto& mail : mails.mails())
    outputs_["the headers of a mail"] += mail.substr(0, mail.find("\r\n\r\n"));

  // A service account: its order, the proof of it, its token; and the same with wrong ones.
  const auto order = api.token_order(tenant);
  const auto signed_order = api.signed_order(order);
  const std::string orders = "/api/v1/auth/service-account-tokens";
  secrets_["the proof of an order"] = std::string(boost::json::parse(signed_order).at("proof").as_string());
  const auto issued = anyone.post(orders, signed_order);
  ASSERT_EQ(issued.status, 201) << issued.body;
  secrets_["the token of a service account"] = issued.text("token");
  const auto robot = anyone.with_token(issued.text("token"));
  ASSERT_EQ(robot.get("/api/v1/tenants/" + tenant.id + "/projects").status, 200);
  EXPECT_EQ(ask(robot, "GET", "/api/v1/users/me").status, 403);
  EXPECT_EQ(ask(robot, "POST", "/api/v1/tenants/" + tenant.id + "/projects", R"({"name":"none"})").status,
            403);
  EXPECT_EQ(ask(anyone, "POST", orders, signed_order).status, 409) << "the same order again";
  auto forged = boost::json::parse(signed_order).as_object();
  forged["proof"] = crypto::base64url_encode(canary("a wrong proof"));
  ask(anyone, "POST", orders, boost::json::serialize(forged));
  auto strange = api.token_order(tenant);
  strange["account"] = canary("an account of no such name");
  strange["nonce"] = canary("a nonce");
  ask(anyone, "POST", orders, api.signed_order(strange));

  const auto me = anyone.with_token(guest.access_token);
  const auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
  const std::string projects = "/api/v1/tenants/" + tenant.id + "/projects";
  ask(anyone, "POST", "/api/v1/auth/sign-in",
      R"({"email":")" + guest.email + R"(","password":)" + quoted(canary("a wrong password")) + "}");
  ask(anyone, "POST", "/api/v1/auth/sign-up",
      R"({"email":"x@example.com","display_name":"x","password":)" +
          quoted(canary("a password of a sign-up")) + R"(,"extra":)" +
          quoted(canary("a field that is not known")) + "}");
  for (const char* path : {"/api/v1/auth/verify", "/api/v1/auth/reset", "/api/v1/auth/refresh"})
    ask(anyone, "POST", path,
        R"({"token":)" + quoted(canary(std::string("a token for ") + path)) + R"(,"refresh_token":"1.2.)" +
            canary(std::string("a refresh token for ") + path) + R"(","password":)" +
            quoted(canary(std::string("a new password for ") + path)) + "}");
  ask(me, "POST", "/api/v1/users/me/password",
      R"({"current_password":)" + quoted(canary("the wrong current password")) + R"(,"new_password":)" +
          quoted(canary("the next password")) + "}");
  ask(me, "POST", projects, R"({"name":)" + quoted(canary("half a body")));
  ask(me, "POST", projects, R"({"name":[)" + quoted(canary("a body of another shape")) + "]}");
  ask(me.with_header("Idempotency-Key", percent_encoded(canary("an idempotency key"))), "POST", projects,
      R"({"name":"same"})");
  ask(me, "GET",
      projects + "?cursor=" + percent_encoded(canary("a cursor")) +
          "&token=" + percent_encoded(canary("a parameter that is not known")));
  ask(me, "GET", "/api/v1/" + percent_encoded(canary("a path")));
  ask(anyone.with_token(percent_encoded(canary("a token"))), "GET", "/api/v1/users/me");
  ask(anyone.with_header("Authorization", "Basic " + crypto::base64url_encode(canary("Basic credentials"))),
      "GET", "/api/v1/users/me");
  ask(anyone.with_header("Cookie", "session=" + percent_encoded(canary("a cookie")))
          .with_header("X-Api-Key", percent_encoded(canary("a header"))),
      "GET", "/api/v1/users/me");
  ask(anyone.with_header("traceparent", percent_encoded(canary("a trace")))
          .with_header("X-Request-ID", canary("a request id"))
          .with_header("Origin", "https://" + percent_encoded(canary("an origin"))),
      "POST", "/api/v1/auth/sign-in", "{}");
  outputs_["the answer to no HTTP"] = converse(
      api.port(), "GET /" + percent_encoded(canary("a malformed request")) + " HTTP/9\r\nA:b\r\n\r\n");

  // With Postgres gone everything fails, and says why in the log.
  postgres.crash();
  ask(me, "POST", projects, R"({"name":)" + quoted(canary("a name without Postgres")) + "}");
  ask(anyone, "POST", "/api/v1/auth/refresh", R"({"refresh_token":)" + quoted(guest.refresh_token) + "}");
  ask(anyone, "GET", "/health/ready");
  for (const char* command : {"migrate", "seed", "healthcheck", "config"})
    keep_command(command, api.environment());
  postgres.start();

  // Settings that can't be used are named, not repeated.
  for (const char* name :
       {"DATABASE_URL", "REDIS_URL", "SMTP_URL", "AUTH_PASSWORD_PEPPER", "SECRET_KEY",
        "SERVICE_ACCOUNT_SIGNING_SECRET", "PORT", "APP_PUBLIC_URL", "AUTH_KEY_STORAGE_BACKEND"}) {
    auto wrong = api.environment();
    wrong[name] = "://" + canary(std::string("a wrong ") + name) + ",short";
    keep_command("serve", wrong);
    keep_command("config", wrong);
  }
  keep_command("config", api.environment());

  outputs_["the metrics of the API"] = api.inside().get("/metrics").body;
  outputs_["the metrics of the worker"] =
      Client("http://127.0.0.1:" + std::to_string(worker_port)).get("/metrics").body;
  keep_process("the API", api.process().id());
  keep_process("the worker", worker.id());
  for (auto* process : {&api.process(), &worker}) {
    process->signal(SIGTERM);
    process->wait();
  }
  outputs_["the log of the API"] = api.log();
  outputs_["the log of the worker"] = contents(worker_log);
  outputs_["what the migrator printed"] = contents(api.folder() / "migrate.log");
  for (const char* one : {"the metrics of the API", "the metrics of the worker", "the log of the API",
                          "the log of the worker", "what the migrator printed", "the headers of a mail"})
    EXPECT_FALSE(outputs_[one].empty()) << one;
  std::printf("  %zu secrets looked for in %zu outputs\n", secrets_.size(), outputs_.size());
}

}  // namespace
}  // namespace starter::test
