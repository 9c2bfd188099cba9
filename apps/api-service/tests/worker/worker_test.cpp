// The worker as a real process, with real Postgres and a mail server that remembers.
#include "app/worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "starter/audit/verify.h"
#include "starter/crypto/encoding.h"
#include "starter/testing/run.h"
#include "support/api.h"
#include "worker/smtp_peer.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class WorkerTest : public testing::Test {
 protected:
  struct Started {
    Process process;
    int port = 0;
  };
  Started start(const std::string& name = "worker", const std::string& failpoints = "") {
    Started out{.process = {}, .port = free_port()};
    auto environment = api.environment();
    environment["METRICS_PORT"] = std::to_string(out.port);
    environment["SMTP_URL"] = smtp.url();
    environment["AUDIT_KEY_PATH"] = (api.folder() / "audit.json").string();
    environment["STARTER_FAILPOINTS"] = failpoints;
    out.process = Process({.arguments = {api_binary(), "worker"},
                           .environment = environment,
                           .log = api.folder() / (name + ".log")});
    return out;
  }
  Started ready(const std::string& name = "worker", const std::string& failpoints = "") {
    auto out = start(name, failpoints);
    wait_until("the worker is ready", [&] {
      if (!out.process.running()) throw std::runtime_error("the worker ended: " + log(name));
      return inside(out).get("/health/ready").status == 200;
    });
    return out;
  }
  Client inside(const Started& worker) const {
    return Client("http://127.0.0.1:" + std::to_string(worker.port));
  }
  std::string log(const std::string& name = "worker") const {
    std::ifstream file(api.folder() / (name + ".log"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  int command(std::vector<std::string> arguments, std::map<std::string, std::string> more) {
    auto environment = api.environment();
    for (auto& [name, value] : more) environment[name] = value;
    arguments.insert(arguments.begin(), api_binary());
    return run({.arguments = arguments, .environment = environment, .log = api.folder() / "command.log"});
  }
  void queue_mail(const std::string& to, const std::string& locale = "en") {
    api.sql(
        "INSERT INTO jobs (id, queue, payload) VALUES (gen_random_uuid(), 'mail', "
        "jsonb_build_object('template', "
        "'account_exists', 'to', '" +
        to + "', 'name', 'Ada', 'locale', '" + locale + "'))");
  }
  int64_t number(const std::string& sql) const { return std::stoll(api.sql(sql)); }

  Api api{0};
  SmtpPeer smtp;
};

TEST_F(WorkerTest, EveryStatementFitsTheSchema) {
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

TEST_F(WorkerTest, AnswersItsProbesAndEndsOnRequest) {
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

TEST_F(WorkerTest, SendsTheMailThatOpensAnAccount) {
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

TEST_F(WorkerTest, AQueuedMailWakesTheWorkerInsteadOfWaitingForItsPoll) {
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

TEST_F(WorkerTest, TriesTransientFailuresAgainAndBuriesPermanentOnes) {
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

TEST_F(WorkerTest, SendsTheSameMailAgainWhenItDiedBeforeItCouldTell) {
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

TEST_F(WorkerTest, DeletesWhatHasExpired) {
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

// --- the audit chain
// -------------------------------------------------------------------------------------------------

class AuditTest : public WorkerTest {
 protected:
  AuditTest() {
    database.start();
    database.start_exclusive();
    wait_until("the verifier is connected", [&] {
      io.restart();
      io.run_for(10ms);
      return database.ready();
    });
  }
  ~AuditTest() override {
    database.stop();
    io.restart();
    io.run_for(100ms);
  }
  /// Each statement is a transaction of its own, so each event has an id of its own.
  void add_events(int count, const std::string& tenant) {
    for (int i = 0; i < count; ++i) {
      api.sql(
          "INSERT INTO audit_events (id, tenant_id, action, target_type, payload, xid, at, digest) VALUES "
          "(gen_random_uuid(), '" +
          tenant + "', 'thing.changed', 'thing', '{\"n\": " + std::to_string(i) + "}', '0', now(), '')");
    }
  }
  void wait_linked() {
    wait_until(
        "every event is linked",
        [&] { return number("SELECT count(*) FROM audit_events WHERE NOT linked") == 0; }, 20s);
  }
  audit::VerifyReport verify(audit::VerifyOptions options = {}) {
    const auto keys = crypto::load_keyset_file((api.folder() / "audit.json").string());
    if (!keys) throw std::runtime_error(keys.error());
    io.restart();
    io.run_for(20ms);  // the loop stood still while the test waited for others
    const Ctx ctx(io.get_executor(), Clock::system(), database, Clock::system().steady() + 30s);
    auto report = await(io, audit::verify(ctx, keys->verifying_keys(), options));
    if (!report) throw std::runtime_error(std::string(report.error().cause()));
    return std::move(*report);
  }
  std::string first(const audit::VerifyReport& report) {
    return report.findings.empty() ? ""
                                   : std::to_string(report.findings[0].seq) + ": " + report.findings[0].what;
  }

  asio::io_context io{1};
  net::BlockingPool blocking{2};
  pg::Database database{
      io.get_executor(), Clock::system(), blocking, {Secret(api.url("worker")), "verify", 1}};
};

const std::string kTenantA = "0190b0a0-0000-7000-8000-00000000000a",
                  kTenantB = "0190b0a0-0000-7000-8000-00000000000b";

TEST_F(AuditTest, P17IsLinkedSignedAndVerified) {
  auto worker = ready();
  add_events(5, kTenantA);
  add_events(3, kTenantB);
  wait_linked();
  worker.process.signal(SIGTERM);
  ASSERT_EQ(worker.process.wait(10s), 0);
  auto again = ready("again");  // the first checkpoint of a process names every head
  wait_until("a checkpoint names both chains", [&] {
    return number("SELECT count(*) FROM audit_checkpoints WHERE jsonb_array_length(document->'heads') = 2") >=
           1;
  });
  const auto report = verify();
  EXPECT_EQ(first(report), "");
  EXPECT_EQ(report.chains, 2);
  EXPECT_EQ(report.events, 8);
  EXPECT_GE(report.checkpoints, 1);
  // Order of the chain is the order of the transactions.
  EXPECT_EQ(number("SELECT count(*) FROM (SELECT e.xid, lag(e.xid) OVER (PARTITION BY l.tenant_id ORDER BY "
                   "l.seq) AS before "
                   "FROM audit_links l JOIN audit_events e ON e.id = l.event_id) x WHERE before > xid"),
            0);
  // The log holds what the database could lose.
  EXPECT_THAT(
      log("again"),
      HasSubstr(api.sql("SELECT encode(hash, 'hex') FROM audit_heads WHERE tenant_id = '" + kTenantA + "'")));
  EXPECT_THAT(
      log("again"),
      HasSubstr(api.sql("SELECT document->>'digest' FROM audit_checkpoints ORDER BY at DESC LIMIT 1")));
}

TEST_F(AuditTest, P17AChainerKilledAtAnyStepLeavesAGoodChain) {
  int events = 0;
  for (const char* step : {"audit.appended", "audit.moved", "audit.committed"}) {
    add_events(3, kTenantA);
    events += 3;
    auto dying = start("dying", std::string(step) + "=abort");
    EXPECT_EQ(dying.process.wait(), 128 + SIGKILL) << step;
    auto left = start("left"), right = start("right");
    add_events(3, kTenantA);
    events += 3;
    wait_linked();
    const auto report = verify();
    EXPECT_EQ(first(report), "") << step;
    EXPECT_EQ(report.events, events);
    left.process.kill();
    right.process.kill();
    api.sql("UPDATE jobs SET lease_until = now() WHERE lease_until IS NOT NULL");
  }
}

TEST_F(AuditTest, P17AnotherWorkerLinksWithinFiveSecondsOfADeath) {
  auto left = ready("left"), right = ready("right");
  add_events(1, kTenantA);
  wait_linked();
  // One of the two holds the chain; kill both in turn while the other one goes on.
  left.process.kill();
  const auto began = std::chrono::steady_clock::now();
  add_events(1, kTenantA);
  wait_linked();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

/// P17 on the real tables: a seeded share of what the pure test does ten thousand times.
TEST_F(AuditTest, P17NamesTheFirstBadRowAfterAForgeryInTheDatabase) {
  constexpr int kEvents = 12;
  auto worker = ready();
  add_events(kEvents, kTenantA);
  wait_linked();
  worker.process.signal(SIGTERM);
  ASSERT_EQ(worker.process.wait(10s), 0);
  auto signing = ready("signing");
  wait_until("the head is signed", [&] {
    return number("SELECT count(*) FROM audit_checkpoints WHERE document->'heads'->0->>'seq' = '" +
                  std::to_string(kEvents) + "'") >= 1;
  });
  signing.process.signal(SIGTERM);
  ASSERT_EQ(signing.process.wait(10s), 0);
  ASSERT_EQ(first(verify()), "");
  for (const char* table : {"audit_events", "audit_links", "audit_heads"}) {
    api.sql(std::string("CREATE TABLE kept_") + table + " AS TABLE " + table);
  }
  const auto restore = [&] {
    for (const char* table : {"audit_events", "audit_links", "audit_heads"}) {
      api.sql(std::string("SET session_replication_role = replica; TRUNCATE ") + table + "; INSERT INTO " +
              table + " SELECT * FROM kept_" + table);
    }
  };
  // {at} is the seq, {event} its event; what must be named is at + the number.
  const std::vector<std::pair<std::string, int>> forgeries{
      {"UPDATE audit_events SET payload = '{\"n\": 999}' WHERE id = {event}", 0},
      {"UPDATE audit_events SET action = 'thing.unchanged' WHERE id = {event}", 0},
      {"UPDATE audit_events SET actor_id = gen_random_uuid() WHERE id = {event}", 0},
      {"UPDATE audit_events SET at = at - interval '1 microsecond' WHERE id = {event}", 0},
      {"UPDATE audit_events SET tenant_id = gen_random_uuid() WHERE id = {event}", 0},
      {"UPDATE audit_events SET payload = NULL, salt = NULL WHERE id = {event}", 0},
      {"UPDATE audit_events SET digest = sha256(digest) WHERE id = {event}", 0},
      {"UPDATE audit_events SET linked = false WHERE id = {event}", 0},
      {"UPDATE audit_events SET id = gen_random_uuid() WHERE id = {event}", 0},
      {"DELETE FROM audit_events WHERE id = {event}", 0},
      {"UPDATE audit_links SET hash = sha256(hash) WHERE seq = {at}", 0},
      {"UPDATE audit_links SET prev = sha256(prev) WHERE seq = {at}", 0},
      {"UPDATE audit_links SET event_id = gen_random_uuid() WHERE seq = {at}", 0},
      {"UPDATE audit_links SET seq = seq + 100 WHERE seq = {at}", 0},
      {"DELETE FROM audit_links WHERE seq = {at}", 0},
      {"DELETE FROM audit_links WHERE seq >= {at}", 0},
      {"DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_links WHERE seq >= {at}); DELETE "
       "FROM audit_links WHERE seq >= {at}; "
       "UPDATE audit_heads SET seq = {at} - 1, hash = coalesce((SELECT hash FROM audit_links WHERE seq = "
       "{at} - 1), decode(repeat('00', 32), 'hex'))",
       0},
  };
  std::mt19937 random(17);
  for (const auto& [forgery, offset] : forgeries) {
    const std::string at = std::to_string(1 + random() % kEvents);
    std::string sql = forgery;
    const auto fill = [&](const std::string& hole, const std::string& value) {
      for (size_t found; (found = sql.find(hole)) != sql.npos;) sql.replace(found, hole.size(), value);
    };
    fill("{event}", "(SELECT event_id FROM audit_links WHERE seq = {at})");
    fill("{at}", at);
    api.sql(sql);
    const auto report = verify();
    ASSERT_FALSE(report.findings.empty()) << sql;
    EXPECT_EQ(report.findings[0].seq, std::stoll(at) + offset) << sql << "\n" << report.findings[0].what;
    restore();
  }
  EXPECT_EQ(first(verify()), "");
  // A checkpoint that was changed, that is gone, or that somebody else signed.
  const std::string newest = "(SELECT id FROM audit_checkpoints ORDER BY at DESC LIMIT 1)";
  audit::VerifyOptions known;
  known.known.emplace();
  Uuid::from_text(api.sql("SELECT id FROM audit_checkpoints ORDER BY at DESC LIMIT 1"), known.known->id);
  known.known->digest = *crypto::hex_decode(
      api.sql("SELECT document->>'digest' FROM audit_checkpoints ORDER BY at DESC LIMIT 1"));
  EXPECT_EQ(first(verify(known)), "");
  api.sql("UPDATE audit_checkpoints SET document = jsonb_set(document, '{heads,0,seq}', '3') WHERE id = " +
          newest);
  EXPECT_THAT(first(verify()), HasSubstr("its signature is wrong"));
  api.sql("DELETE FROM audit_checkpoints WHERE id = " + newest);
  EXPECT_THAT(first(verify(known)), HasSubstr("it is missing although the log names it"));
}

TEST_F(AuditTest, P17WaitsForTransactionsThatAreStillOpen) {
  auto worker = ready();
  const std::unique_ptr<PGconn, decltype(&PQfinish)> slow(
      PQconnectdb(shared_postgres().url(api.url("owner").substr(api.url("owner").rfind('/') + 1)).c_str()),
      PQfinish);
  const auto run = [&](const std::string& sql) { PQclear(PQexec(slow.get(), sql.c_str())); };
  run("BEGIN");
  run("INSERT INTO audit_events (id, tenant_id, action, target_type, xid, at, digest) VALUES "
      "(gen_random_uuid(), '" +
      kTenantA + "', 'first', 'thing', '0', now(), '')");
  add_events(2, kTenantA);  // committed later transactions
  std::this_thread::sleep_for(600ms);
  EXPECT_EQ(number("SELECT count(*) FROM audit_links"), 0);
  run("COMMIT");
  wait_linked();
  EXPECT_EQ(
      api.sql("SELECT e.action FROM audit_links l JOIN audit_events e ON e.id = l.event_id WHERE l.seq = 1"),
      "first");
}

// --- commands
// --------------------------------------------------------------------------------------------------------

TEST_F(WorkerTest, SeedsTheDemoTenantOnce) {
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

TEST_F(WorkerTest, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(command({"worker"}, {{"MAIL_FROM", "nobody"}}), 1);
  std::ifstream file(api.folder() / "command.log");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("MAIL_FROM must read Name <name@example.com>"));
}

}  // namespace
}  // namespace starter::test
