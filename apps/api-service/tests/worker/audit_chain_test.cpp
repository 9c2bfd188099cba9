// The audit chain on a real database: linked, signed, verified, and every forgery named.
#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <filesystem>
#include <random>

#include "starter/audit/verify.h"
#include "starter/crypto/encoding.h"
#include "starter/postgres/database.h"
#include "worker/with_worker.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class AuditChain : public WithWorker {
 protected:
  AuditChain() {
    database.start();
    database.start_exclusive();
    wait_until("the verifier is connected", [&] {
      io.restart();
      io.run_for(10ms);
      return database.ready();
    });
  }
  ~AuditChain() override {
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

TEST_F(AuditChain, P17IsLinkedSignedAndVerified) {
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
  std::vector<std::pair<uint64_t, uint64_t>> pages;
  const auto report =
      verify({.on_page = [&](uint64_t checked, uint64_t of) { pages.emplace_back(checked, of); }});
  EXPECT_EQ(pages, (std::vector<std::pair<uint64_t, uint64_t>>{{5, 8}, {8, 8}}));
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

TEST_F(AuditChain, P17AChainerKilledAtAnyStepLeavesAGoodChain) {
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

TEST_F(AuditChain, P17AnotherWorkerLinksWithinFiveSecondsOfADeath) {
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
TEST_F(AuditChain, P17NamesTheFirstBadRowAfterAForgeryInTheDatabase) {
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

TEST_F(AuditChain, P17WaitsForTransactionsThatAreStillOpen) {
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

}  // namespace
}  // namespace starter::test
