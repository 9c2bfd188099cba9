// What the worker does: mail, expired rows, probes, the demo tenant, its settings.
#include "app/worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>

#include "worker/with_worker.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(WithWorker, EveryStatementFitsTheSchema) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(api.url("worker").c_str()),
                                                                PQfinish);
  for (const auto& statement : worker::queries()) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQprepare(connection.get(), std::string(statement.name).c_str(), std::string(statement.sql).c_str(),
                  0, nullptr),
        PQclear);
    ASSERT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK)
        << statement.name << ": " << PQerrorMessage(connection.get());
    const std::unique_ptr<PGresult, decltype(&PQclear)> described(
        PQdescribePrepared(connection.get(), std::string(statement.name).c_str()), PQclear);
    EXPECT_EQ(static_cast<size_t>(PQnparams(described.get())), statement.parameters.size()) << statement.name;
    ASSERT_EQ(statement.row ? statement.row->fields.size() : 0,
              statement.row ? static_cast<size_t>(PQnfields(described.get())) : 0)
        << statement.name;
    for (size_t i = 0; statement.row && i < statement.row->fields.size(); ++i) {
      EXPECT_EQ(statement.row->fields[i].name, PQfname(described.get(), static_cast<int>(i)))
          << statement.name;
    }
  }
}

TEST_F(WithWorker, AnswersItsProbesAndEndsOnRequest) {
  auto worker = ready();
  EXPECT_EQ(inside(worker).get("/health").text("status"), "alive");
  const auto readiness = inside(worker).get("/health/ready");
  EXPECT_EQ(readiness.status, 200);
  EXPECT_THAT(readiness.body, HasSubstr(R"("name":"queue_mail","status":"ok")"));
  EXPECT_THAT(inside(worker).get("/metrics").body,
              HasSubstr(R"(starter_jobs_total{queue="mail",result="done"} 0)"));
  EXPECT_EQ(inside(worker).get("/else").status, 404);
  EXPECT_EQ(inside(worker).post("/health", "{}").status, 405);
  const std::map<std::string, std::string> at{{"METRICS_PORT", std::to_string(worker.port)}};
  EXPECT_EQ(command({"healthcheck", "--worker"}, at), 0);
  worker.process.signal(SIGTERM);
  EXPECT_EQ(worker.process.wait(10s), 0) << log();
  EXPECT_EQ(command({"healthcheck", "--worker"}, at), 1);
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE lease_until IS NOT NULL"), 0);
}

TEST_F(WithWorker, SendsTheMailThatOpensAnAccount) {
  Api serving(1);
  auto environment = serving.environment();
  environment["METRICS_PORT"] = std::to_string(free_port());
  environment["SMTP_URL"] = smtp.url();
  environment["AUDIT_KEY_PATH"] = (serving.folder() / "audit.json").string();
  Process worker({.arguments = {api_binary(), "worker"},
                  .environment = environment,
                  .log = serving.folder() / "worker.log"});
  ASSERT_EQ(serving.client()
                .post("/api/v1/auth/sign-up",
                      R"({"email":"ada@example.com","password":"correct horse battery staple",
                                  "display_name":"Ada <b>Lovelace</b>"})")
                .status,
            202);
  wait_until("the mail is there", [&] { return smtp.mails_to("ada@example.com").size() == 1; });
  const std::string mail = smtp.mails_to("ada@example.com")[0];
  EXPECT_THAT(mail, HasSubstr("Subject: Confirm your e-mail address"));
  EXPECT_THAT(mail,
              HasSubstr("Message-ID: <" + serving.sql("SELECT id FROM jobs WHERE queue = 'mail'") + "@"));
  EXPECT_THAT(mail.substr(mail.find("<!doctype html>")), testing::Not(HasSubstr("<b>")));
  const std::string link = "http://localhost:3000/verify?token=";
  ASSERT_THAT(mail, HasSubstr(link));
  const std::string token = mail.substr(mail.find(link) + link.size(), 64);
  EXPECT_EQ(serving.client().post("/api/v1/auth/verify", R"({"token":")" + token + "\"}").status, 200);
  // What is queued, logged or kept never holds the token.
  EXPECT_EQ(serving.sql("SELECT count(*) FROM jobs WHERE payload::text LIKE '%" + token + "%'"), "0");
  std::ifstream file(serving.folder() / "worker.log");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), testing::Not(HasSubstr(token)));
  EXPECT_THAT(text.str(), testing::Not(HasSubstr("ada@example.com")));
}

TEST_F(WithWorker, AQueuedMailWakesTheWorkerInsteadOfWaitingForItsPoll) {
  Api serving(1);
  const int port = free_port();
  auto environment = serving.environment();
  environment["METRICS_PORT"] = std::to_string(port);
  environment["SMTP_URL"] = smtp.url();
  environment["AUDIT_KEY_PATH"] = (serving.folder() / "audit.json").string();
  const Process worker({.arguments = {STARTER_API, "worker"},
                        .environment = environment,
                        .log = serving.folder() / "worker.log"});
  const Client inside("http://127.0.0.1:" + std::to_string(port));
  const auto woken = [&] {
    const auto text = inside.get("/metrics").body;
    const std::string name = "\nstarter_mail_wakes_total ";
    const auto at = text.find(name);
    return at == text.npos ? -1 : std::stoll(text.substr(at + name.size()));
  };
  wait_until("the worker counts", [&] { return woken() >= 0; });
  const auto tenant = serving.add_tenant("Acme");
  const auto& owner = tenant.owner;
  // Asked once: an account may have few mails.
  const auto expect_wake = [&](const char* why, const std::function<void()>& ask) {
    const auto before = woken();
    ask();
    wait_until(why, [&] { return woken() > before; });
  };
  const auto client = serving.client().from("127.0.9.1");
  const std::string mail = R"({"email":")" + owner.email + "\"}";
  int number = 0;
  // A word is lost while the worker still subscribes, so this one is said again.
  wait_until("a sign-up wakes it", [&] {
    client.post("/api/v1/auth/sign-up", R"({"email":"new)" + std::to_string(++number) +
                                            R"(@example.com","password":"correct horse battery staple",)"
                                            R"("display_name":"New"})");
    std::this_thread::sleep_for(200ms);
    return woken() > 0;
  });
  expect_wake("a reset wakes it", [&] { client.post("/api/v1/auth/forgot", mail); });
  expect_wake("another link wakes it", [&] { client.post("/api/v1/auth/verify/resend", mail); });
  expect_wake("an invitation wakes it", [&] {
    client.with_token(owner.access_token)
        .post("/api/v1/tenants/" + tenant.id + "/invites",
              R"({"email":"guest)" + std::to_string(++number) + R"(@example.com"})");
  });
}

TEST_F(WithWorker, TriesTransientFailuresAgainAndBuriesPermanentOnes) {
  auto worker = ready();
  queue_mail("refused@example.com");
  queue_mail("later@example.com", "de");
  wait_until("both were tried", [&] {
    return number("SELECT count(*) FROM jobs WHERE queue = 'mail' AND last_error IS NOT NULL") == 2;
  });
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL AND payload->>'to' LIKE 'refused%' "
                   "AND attempts = 1"),
            1);
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE dead_at IS NULL AND payload->>'to' LIKE 'later%' "
                   "AND run_at BETWEEN now() + interval '15 s' AND now() + interval '30 s'"),
            1);
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE last_error LIKE '%example.com%'"), 0);
  smtp.accept_everybody();
  api.sql("UPDATE jobs SET run_at = now() WHERE payload->>'to' LIKE 'later%'");
  wait_until("the second attempt succeeded", [&] { return smtp.mails_to("later@example.com").size() == 1; });
  EXPECT_THAT(smtp.mails_to("later@example.com")[0], HasSubstr("Hallo Ada,"));
}

TEST_F(WithWorker, SendsTheSameMailAgainWhenItDiedBeforeItCouldTell) {
  queue_mail("ada@example.com");
  auto dying = start("dying", "mail.sent=abort");
  EXPECT_EQ(dying.process.wait(), 128 + SIGKILL);
  api.sql("UPDATE jobs SET lease_until = now() WHERE queue = 'mail'");
  auto worker = ready();
  wait_until("it was sent again", [&] {
    return number("SELECT count(*) FROM jobs WHERE queue = 'mail' AND done_at IS NOT NULL") == 1;
  });
  const auto mails = smtp.mails_to("ada@example.com");
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0], mails[1]);
}

TEST_F(WithWorker, DeletesWhatHasExpired) {
  api.sql(
      "INSERT INTO users (id, email, display_name, email_verified_at) VALUES "
      "('00000000-0000-7000-8000-000000000001', 'a@example.com', 'A', now())");
  const auto aged = [&](const std::string& when) {
    api.sql(
        "INSERT INTO sign_ups (id, email, display_name, password_hash, expires_at) VALUES "
        "(gen_random_uuid(), 'x@example.com', 'X', 'h', " +
        when + ")");
    api.sql("INSERT INTO password_resets (id, user_id, expires_at) SELECT gen_random_uuid(), id, " + when +
            " FROM users");
    api.sql(
        "INSERT INTO families (id, user_id, salt, key_id, expires_at) SELECT gen_random_uuid(), id, 's', "
        "'k', " +
        when + " FROM users");
    api.sql("INSERT INTO revocations (kind, subject, expires_at) VALUES ('session', 's', " + when + ")");
    api.sql(
        "INSERT INTO idempotency_keys (tenant_id, principal, route, key_hash, body_hash, created_at) SELECT "
        "gen_random_uuid(), id, 'r', 'k', 'b', " +
        when + " FROM users");
    api.sql("INSERT INTO jobs (id, queue, payload, done_at) VALUES (gen_random_uuid(), 'old', '{}', " + when +
            ")");
  };
  api.sql(
      "INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-7000-8000-000000000002', 'robots', 'R'); "
      "INSERT INTO service_accounts (tenant_id, id, name, scopes) SELECT id, id, 'robot', '{projects:read}' "
      "FROM "
      "tenants");
  const auto ended = [&](const std::string& token, const std::string& nonce) {
    api.sql(
        "INSERT INTO service_account_tokens (tenant_id, id, account_id, scopes, issued_by, expires_at) "
        "SELECT id, "
        "gen_random_uuid(), id, '{projects:read}', 'tests', now() - interval '" +
        token +
        "' FROM tenants; INSERT INTO signed_request_nonces VALUES (gen_random_uuid(), now() - interval '" +
        nonce + "')");
  };
  for (int i = 0; i < 3; ++i) ended("31 days", "61 minutes");
  ended("29 days", "59 minutes");
  for (int i = 0; i < 3; ++i) aged("now() - interval '2 days'");
  aged("now()  + interval '1 hour'");
  api.sql(
      "INSERT INTO jobs (id, queue, payload, dead_at, created_at) VALUES (gen_random_uuid(), 'old', '{}', "
      "now() - interval '9 days', now())");
  auto worker = ready();
  for (const char* table : {"sign_ups", "password_resets", "families", "revocations", "idempotency_keys",
                            "service_account_tokens", "signed_request_nonces"}) {
    wait_until(
        std::string("the old rows of ") + table + " are gone",
        [&] { return number(std::string("SELECT count(*) FROM ") + table) == 1; }, 10s);
  }
  wait_until(
      "the old jobs are gone", [&] { return number("SELECT count(*) FROM jobs WHERE queue = 'old'") == 2; },
      10s);
}

TEST_F(WithWorker, SeedsTheDemoTenantOnce) {
  EXPECT_EQ(command({"seed"}, {}), 2);
  EXPECT_EQ(command({"seed", "--demo"}, {{"DEMO_PASSWORD", "too short"}}), 1);
  EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
  const std::map<std::string, std::string> password{{"DEMO_PASSWORD", "a demo password"}};
  ASSERT_EQ(command({"seed", "--demo"}, password), 0);
  const auto state =
      "SELECT string_agg(email || ' ' || role || ' ' || password_hash, ', ' ORDER BY email) "
      "|| (SELECT count(*) FROM projects) FROM users JOIN memberships ON user_id = id JOIN credentials USING "
      "(user_id)";
  const std::string once = api.sql(state);
  ASSERT_EQ(command({"seed", "--demo"}, password), 0);
  EXPECT_EQ(api.sql(state), once);
  EXPECT_THAT(once, testing::StartsWith("demo@example.com owner"));
  EXPECT_EQ(command({"seed", "--demo"}, {{"DEMO_PASSWORD", "a demo password"},
                                         {"APP_PUBLIC_URL", "https://app.example.com"},
                                         {"WEB_TIER_SECRET", "0123456789abcdef0123456789abcdef"},
                                         {"AUTH_KEY_STORAGE_FILE_ALLOWED", "true"},
                                         {"SMTP_URL", "smtps://mail.example.com"}}),
            1);
}

TEST_F(WithWorker, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(command({"worker"}, {{"MAIL_FROM", "nobody"}}), 2);
  std::ifstream file(api.folder() / "command.log");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("MAIL_FROM holds no address"));
}

}  // namespace
}  // namespace starter::test
