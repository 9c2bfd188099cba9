// audit verify on a real database, with chains and checkpoints that the real worker wrote.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "system/ports.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr const char* kTenantA = "0190b0a0-0000-7000-8000-00000000000a";
constexpr const char* kTenantB = "0190b0a0-0000-7000-8000-00000000000b";

class AuditLog : public ::testing::Test {
 protected:
  AuditLog() {
    deployment.add_database();
    EXPECT_EQ(deployment.run({"release", "db"}).status, 0);
    auto& environment = deployment.environment();
    environment["AUDIT_KEY_PATH"] = (deployment.folder() / "audit.json").string();
    environment["REDIS_URL"] = test::shared_redis().url();
    environment["SMTP_URL"] = "smtp://127.0.0.1:1";
    environment["MAIL_FROM"] = "no-reply@example.com";
    for (const auto* tenant : {kTenantA, kTenantB}) add_events(tenant, 12);
    work();
  }
  // Each statement is a transaction of its own, so the events have an order.
  void add_events(const std::string& tenant, int count) const {
    for (int i = 0; i < count; ++i)
      deployment.sql(
          "INSERT INTO audit_events (id, tenant_id, action, target_type, payload, xid, at, digest) VALUES "
          "(gen_random_uuid(), '" +
          tenant + "', 'thing.changed', 'thing', '{\"n\": " + std::to_string(i) + "}', '0', now(), '')");
  }
  // The worker links what is there, and at its next start signs the heads; then it is gone.
  void work() {
    work_until("SELECT count(*) = 0 FROM audit_events WHERE NOT linked");
    work_until(
        "SELECT count(*) = 0 FROM audit_heads h WHERE h.seq IS DISTINCT FROM (SELECT "
        "max((d->>'seq')::bigint) FROM "
        "audit_checkpoints c, jsonb_array_elements(c.document->'heads') d WHERE (d->>'tenant_id')::uuid = "
        "h.tenant_id)");
  }
  void work_until(const std::string& is_done) {
    auto environment = deployment.environment();
    environment["METRICS_PORT"] = std::to_string(reserve_port_block());
    const auto worker = start_process({.argv = {STARTER_API_BINARY, "worker"},
                                       .environment = environment,
                                       .log = deployment.folder() / "worker.log"});
    ASSERT_TRUE(worker.has_value());
    const auto end = std::chrono::steady_clock::now() + 90s;
    while (deployment.sql(is_done) != "t" && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(50ms);
    EXPECT_EQ(deployment.sql(is_done), "t") << *read_file(deployment.folder() / "worker.log");
    stop_process(*worker, SIGTERM, 20s);
  }
  Ran verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"audit", "verify"});
    return deployment.run(more);
  }
  Deployment deployment;
};

TEST_F(AuditLog, P17IsGoodAsTheWorkerWroteItForWorkerAndOwner) {
  const auto good = verify({"--json"});
  ASSERT_EQ(good.status, 0) << good.out;
  const auto reply = json::parse(good.out);
  EXPECT_TRUE(reply.at("healthy").as_bool());
  EXPECT_EQ(reply.at("events"), 24);
  EXPECT_EQ(reply.at("chains"), 2);
  EXPECT_GE(reply.at("checkpoints").as_int64(), 1);
  deployment.environment().erase("WORKER_DATABASE_URL");
  EXPECT_EQ(verify().status, 0) << "as the owner";
}

TEST_F(AuditLog, P17NamesTheFirstBadLinkOfEachKindOfDamage) {
  struct Damage {
    const char* says;
    std::string sql;
    int seq;
  };
  const std::string of_b = " WHERE tenant_id = '" + std::string(kTenantB) + "' AND seq ";
  const auto event = [&](int seq) {
    return "id = (SELECT event_id FROM audit_links" + of_b + "= " + std::to_string(seq) + ")";
  };
  const std::vector<Damage> all{
      {"changed", "UPDATE audit_events SET payload = '{\"n\": 999}' WHERE " + event(5), 5},
      {"another actor", "UPDATE audit_events SET actor_id = gen_random_uuid() WHERE " + event(6), 6},
      {"an event deleted", "DELETE FROM audit_events WHERE " + event(4), 4},
      {"a link deleted", "DELETE FROM audit_links" + of_b + "= 3", 3},
      {"both deleted",
       "DELETE FROM audit_events WHERE " + event(7) + "; DELETE FROM audit_links" + of_b + "= 7", 7},
      {"erased without a reason", "UPDATE audit_events SET payload = NULL, salt = NULL WHERE " + event(2), 2},
      {"reordered",
       "UPDATE audit_links SET seq = -5" + of_b + "= 5; UPDATE audit_links SET seq = 5" + of_b +
           "= 6; UPDATE audit_links SET seq = 6" + of_b + "= -5",
       5},
      {"the tail cut, the head forgotten", "DELETE FROM audit_links" + of_b + ">= 9", 9},
      {"the tail cut with its events and head",
       "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_links" + of_b +
           ">= 9); DELETE FROM audit_links" + of_b +
           ">= 9; UPDATE audit_heads SET seq = 8, hash = (SELECT hash FROM "
           "audit_links" +
           of_b + "= 8) WHERE tenant_id = '" + kTenantB + "'",
       9},
      {"the whole chain gone",
       "DELETE FROM audit_events WHERE tenant_id = '" + std::string(kTenantB) + "'; DELETE FROM audit_links" +
           of_b + "> 0; DELETE FROM audit_heads WHERE tenant_id = '" + kTenantB + "'",
       1}};
  for (const char* table : {"audit_events", "audit_links", "audit_heads"})
    deployment.sql("CREATE TABLE kept_" + std::string(table) + " AS TABLE " + table);
  deployment.sql("ALTER TABLE audit_events DISABLE TRIGGER ALL");
  for (const auto& damage : all) {
    deployment.sql(damage.sql);
    const auto found = verify({"--json"});
    EXPECT_EQ(found.status, 3) << damage.says << found.out;
    const auto findings = json::parse(found.out).at("findings").as_array();
    ASSERT_EQ(findings.size(), 1u) << damage.says << found.out;
    EXPECT_EQ(findings[0].at("tenant_id"), kTenantB);
    EXPECT_EQ(findings[0].at("seq"), damage.seq) << damage.says << ": " << found.out;
    for (const char* table : {"audit_events", "audit_links", "audit_heads"})
      deployment.sql("DELETE FROM " + std::string(table) + "; INSERT INTO " + table + " SELECT * FROM kept_" +
                     table);
    ASSERT_EQ(verify().status, 0) << "mended after: " << damage.says;
  }
}

TEST_F(AuditLog, P17CheckpointsAreHeldToTheirKeysAndToTheLog) {
  const auto newest = deployment.sql("SELECT id FROM audit_checkpoints ORDER BY at DESC LIMIT 1");
  const auto digest =
      deployment.sql("SELECT document->>'digest' FROM audit_checkpoints ORDER BY at DESC LIMIT 1");
  EXPECT_THAT(*read_file(deployment.folder() / "worker.log"), HasSubstr(digest))
      << "where an operator reads it";
  EXPECT_EQ(verify({"--checkpoint", newest + ":" + digest}).status, 0);
  auto another = digest;
  another[0] = another[0] == '0' ? '1' : '0';
  EXPECT_EQ(verify({"--checkpoint", newest + ":" + another}).status, 3);
  EXPECT_EQ(verify({"--checkpoint", newest}).status, 2);
  // Another key than the one that signed.
  const auto keys = deployment.folder() / "other.json";
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  auto environment = deployment.environment();
  environment["AUDIT_KEY_PATH"] = environment["AUTH_KEY_STORAGE_PATH"];
  const auto foreign = run_console({"audit", "verify"}, environment);
  EXPECT_EQ(foreign.status, 3);
  EXPECT_THAT(foreign.out, HasSubstr("a key that is not in the keyset"));
  environment["AUDIT_KEY_PATH"] = keys.string();
  EXPECT_EQ(run_console({"audit", "verify"}, environment).status, 5);
  // The chain and all its checkpoints were cut: only the log knows.
  deployment.sql("DELETE FROM audit_checkpoints");
  EXPECT_EQ(verify().status, 0);
  EXPECT_EQ(verify({"--checkpoint", newest + ":" + digest}).status, 3);
}

TEST_F(AuditLog, P17WithThePublicKeysAloneAnAuditorProvesTheSame) {
  const auto jwks_of = [&](const std::string& keyset) {
    auto environment = deployment.environment();
    environment["AUTH_KEY_STORAGE_PATH"] = keyset;
    return run_console({"auth", "jwks", "print"}, environment).out;
  };
  const auto keys = jwks_of(deployment.environment().at("AUDIT_KEY_PATH"));
  const auto file = deployment.folder() / "audit.jwks.json";
  ASSERT_TRUE(write_file(file, keys).has_value());
  // Neither the private key nor a role that may write: a log-in that reads everything.
  deployment.sql(
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'console_auditor') THEN CREATE ROLE "
      "console_auditor LOGIN PASSWORD 'x' IN ROLE starter_backup; END IF; END $$");
  const auto url =
      test::shared_postgres().url_as("console_auditor", "x", deployment.sql("SELECT current_database()"));
  const std::map<std::string, std::string> auditor{{"WORKER_DATABASE_URL", url},
                                                   {"STARTER_ROOT", deployment.folder().string()},
                                                   {"AUDIT_KEY_PATH", "/nowhere"}};
  const auto verified = [&] {
    return run_console({"audit", "verify", "--public-keys", file.string(), "--json"}, auditor);
  };
  const auto good = verified();
  ASSERT_EQ(good.status, 0) << good.out;
  EXPECT_GE(json::parse(good.out).at("checkpoints").as_int64(), 1);
  EXPECT_EQ(json::parse(good.out).at("events"), 24);

  // Keys of somebody else, and one that only claims to be ours.
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto others = jwks_of(deployment.environment().at("AUTH_KEY_STORAGE_PATH"));
  ASSERT_TRUE(write_file(file, others).has_value());
  EXPECT_EQ(verified().status, 3);
  EXPECT_THAT(verified().out, HasSubstr("a key that is not in the keyset"));
  auto claimed = json::parse(others);
  claimed.at("keys").at(0).at("kid") = json::parse(keys).at("keys").at(0).at("kid");
  ASSERT_TRUE(write_file(file, json::serialize(claimed)).has_value());
  EXPECT_EQ(verified().status, 3);
  EXPECT_THAT(verified().out, HasSubstr("its signature is wrong"));
  ASSERT_TRUE(write_file(file, *read_file(deployment.environment().at("AUDIT_KEY_PATH"))).has_value());
  EXPECT_EQ(verified().status, 4) << "a keyset with its private keys is no JWK set";
  fs::remove(file);
  EXPECT_EQ(verified().status, 5);
}

TEST_F(AuditLog, H7TheCommandsOfItsPageDoWhatItSays) {
  std::string text;
  for (const auto& [variable, value] : deployment.environment())
    if (variable != "STARTER_ROOT") text += variable + "=" + value + "\n";
  ASSERT_TRUE(write_file(deployment.folder() / "api.env", text).has_value());
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/how-to/verify-the-audit-log.md");
  const auto path = fs::path(STARTER_CONSOLE_BINARY).parent_path().string() + ":" + std::getenv("PATH");
  const std::regex fence("```bash\n([^`]*)```");
  int run = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), fence), end; at != end; ++at, ++run) {
    const auto ran = run_process({.argv = {"sh", "-c", (*at)[1].str()},
                                  .environment = {{"PATH", path}, {"STARTER_ROOT", ""}},
                                  .folder = deployment.folder()},
                                 60s);
    ASSERT_TRUE(ran.has_value());
    EXPECT_EQ(ran->status, 0) << (*at)[1].str() << "\n" << ran->output;
  }
  EXPECT_EQ(run, 3);
}

}  // namespace starter::console::testing
