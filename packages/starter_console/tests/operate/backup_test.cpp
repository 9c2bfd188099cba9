// backup create, verify, restore and list on a real Postgres.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <csignal>
#include <random>
#include <regex>
#include <sstream>
#include <thread>

#include "operate/sealed_file.h"
#include "starter/crypto/hash.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr const char* kCanary = "canary-3f9c";

class BackupDrill : public ::testing::Test {
 protected:
  BackupDrill() {
    deployment.add_database();
    deployment.environment()["BACKUP_ENCRYPTION_KEY"] = "key-of-tests-0123456789abcdef0123";
    EXPECT_EQ(deployment.run({"release", "db"}).status, 0);
    name = deployment.sql("SELECT current_database()");
    fill();
  }
  // People who are signed in, open links, an audit log, text that is hard to carry.
  void fill() const {
    deployment.sql(
        "INSERT INTO users (id, email, display_name, email_verified_at) SELECT gen_random_uuid(), 'p' || g "
        "|| "
        "'@example.com', E'\\\\. \\t' || chr(228) || g || 'canary-3f9c', now() FROM generate_series(1, 300) "
        "g");
    deployment.sql(
        "INSERT INTO families (id, user_id, salt, key_id, expires_at) SELECT gen_random_uuid(), id, "
        "'\\x00ff', 'k', "
        "now() + interval '1 day' FROM users");
    deployment.sql(
        "INSERT INTO password_resets (id, user_id, expires_at) SELECT gen_random_uuid(), id, now() + "
        "interval '1 "
        "hour' FROM users LIMIT 3");
    deployment.sql(
        "INSERT INTO audit_events (id, tenant_id, action, target_type, payload, xid, at, digest) SELECT "
        "gen_random_uuid(), '0190b0a0-0000-7000-8000-00000000000a', 'thing.changed', 'thing', '{\"n\": "
        "1.50}', '0', "
        "now(), '' FROM generate_series(1, 20)");
  }
  fs::path folder() const { return deployment.folder() / "var/backups"; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder(), error)) all.push_back(entry.path());
    std::ranges::sort(all);
    return all;
  }
  fs::path make() const {
    const auto made = deployment.run({"backup", "create", "--json"});
    EXPECT_EQ(made.status, 0) << made.out;
    return std::string(json::parse(made.out).at("file").as_string());
  }
  Ran restore(const fs::path& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"backup", "restore", file.string()};
    words.insert(words.end(), more.begin(), more.end());
    return deployment.run(words);
  }
  Ran replace(const fs::path& file) const { return restore(file, {"--replace", "--confirm", name}); }
  // One value for all that a restore must bring back as it was.
  std::string content() const {
    return deployment.sql(
        "SELECT md5(string_agg(concat(u.id, u.email, u.display_name, u.created_at), ',' ORDER BY u.id)) || "
        "(SELECT md5(string_agg(concat(e.id, e.at, e.payload, encode(e.digest, 'hex')), ',' ORDER BY e.id)) "
        "FROM "
        "audit_events e WHERE e.action <> 'database.restored') FROM users u");
  }
  std::string count(const std::string& rest) const { return deployment.sql("SELECT count(*) FROM " + rest); }
  static std::string code_of(const Ran& ran) {
    return std::string(json::parse(ran.out).at("error").at("code").as_string());
  }

  Deployment deployment;
  std::string name;
};

TEST_F(BackupDrill, InProductionReplacingWantsTheProfileSpelledOut) {
  const auto file = make();
  deployment.environment()["ENVIRONMENT"] = "production";
  const auto before = deployment.rows();
  const auto refused = replace(file);
  EXPECT_EQ(refused.status, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("--replace --confirm " + name + " --profile production\n"));
  EXPECT_EQ(deployment.rows(), before);
  EXPECT_EQ(restore(file, {"--replace", "--confirm", name, "--profile", "production"}).status, 0);
}

TEST_F(BackupDrill, H5_P16WhatWasDestroyedComesBackRowByRowAndNobodyStaysSignedIn) {
  const auto before = content();
  const auto file = make();
  struct stat facts = {};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(read_file(file)->find(kCanary), std::string::npos) << "nothing is in clear";
  const auto verified = deployment.run({"backup", "verify", "--deep", "--json"});
  ASSERT_EQ(verified.status, 0) << verified.out;
  EXPECT_EQ(count("pg_database WHERE datname LIKE 'starter_verify%'"), "0");

  deployment.sql("DELETE FROM users; DROP TABLE audit_events CASCADE");
  deployment.sql("CREATE TABLE of_later (id int)");
  const auto restored = restore(file, {"--replace", "--confirm", name, "--json"});
  ASSERT_EQ(restored.status, 0) << restored.out;
  const auto reply = json::parse(restored.out);
  EXPECT_EQ(reply.at("tables"), json::parse(verified.out).at("tables"));
  EXPECT_GT(reply.at("rows").as_int64(), 600);
  EXPECT_EQ(content(), before);
  EXPECT_EQ(count("pg_class WHERE relname = 'of_later'"), "0");

  EXPECT_EQ(count("families WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(count("password_resets WHERE consumed_at IS NULL"), "0");
  EXPECT_EQ(count("users WHERE token_version < 1000000"), "0");
  EXPECT_EQ(
      count("revocations r JOIN users u ON r.subject = u.id::text WHERE r.kind = 'user' AND r.min_version = "
            "u.token_version AND r.expires_at > now()"),
      "300");
  EXPECT_EQ(deployment.sql("SELECT payload->>'digest' FROM audit_events WHERE action = 'database.restored'"),
            std::string(reply.at("digest").as_string()));
  const auto released = deployment.run({"release", "db"});
  EXPECT_EQ(released.status, 0) << "roles, grants and row-level security are there: " << released.out;
  EXPECT_THAT(released.out, HasSubstr("no change"));
}

TEST_F(BackupDrill, H5WhatWasEndedAfterTheBackupDoesNotComeBackToLife) {
  constexpr const char* kTenant = "0190b0a0-0000-7000-8000-00000000000a";
  constexpr const char* kAccount = "0190b0a0-0000-7000-8000-00000000000b";
  deployment.sql("INSERT INTO tenants (id, slug, name) VALUES ('" + std::string(kTenant) +
                 "', 'acme', 'Acme')");
  deployment.sql("INSERT INTO service_accounts (tenant_id, id, name, scopes) VALUES ('" +
                 std::string(kTenant) + "', '" + kAccount + "', 'robot', '{projects:read}')");
  deployment.sql(
      "INSERT INTO service_account_tokens (tenant_id, id, account_id, scopes, issued_by, expires_at) SELECT "
      "tenant_id, gen_random_uuid(), id, scopes, 'tests', now() + interval '1 year' FROM service_accounts, "
      "generate_series(1, 2)");
  deployment.sql(
      "INSERT INTO sign_ups (id, email, display_name, password_hash, expires_at) VALUES (gen_random_uuid(), "
      "'later@example.com', 'Later', 'x', now() + interval '1 day')");
  deployment.sql(
      "INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) SELECT '" +
      std::string(kTenant) +
      "', gen_random_uuid(), 'wrong@example.com', 'admin', id, now() + interval '7 days' FROM users "
      "LIMIT 1");
  deployment.sql(
      "INSERT INTO jobs (id, queue, payload) SELECT gen_random_uuid(), queue, payload::jsonb FROM (VALUES "
      "('mail', '{\"template\": \"invite\", \"token_id\": \"a\"}'), ('mail', '{\"template\": "
      "\"password_changed\"}'), ('cleanup', '{}')) job(queue, payload)");
  const auto file = make();
  // All of it is ended by those it belongs to.
  deployment.sql("UPDATE service_account_tokens SET revoked_at = now()");
  deployment.sql("UPDATE sign_ups SET consumed_at = now()");
  deployment.sql("UPDATE invites SET revoked_at = now()");
  deployment.sql("UPDATE jobs SET done_at = now()");
  const auto restored = replace(file);
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("every token of a service account"));

  EXPECT_EQ(count("service_account_tokens"), "2");
  EXPECT_EQ(count("service_account_tokens WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(
      count("revocations r JOIN service_account_tokens k ON r.kind = 'session' AND r.subject = k.id::text"),
      "2")
      << "running processes are told";
  EXPECT_EQ(count("sign_ups WHERE consumed_at IS NULL"), "0");
  EXPECT_EQ(count("invites WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(
      count("tenants t JOIN revocations r ON r.kind = 'tenant' AND r.subject = t.id::text AND r.min_version "
            "= t.token_version AND t.token_version > 1000000"),
      "1")
      << "whoever the restored database does not know has no token of the tenant, either";
  EXPECT_EQ(
      deployment.sql("SELECT string_agg(coalesce(payload->>'template', queue), ',' ORDER BY queue DESC) FROM "
                     "jobs WHERE done_at IS NULL"),
      "password_changed,cleanup")
      << "a mail whose link ended is not sent again; a notice and other work are";
}

TEST_F(BackupDrill, H5ARestoreOnAServerThatNeverHadOneMakesItsGroups) {
  const auto file = make();
  test::PostgresServer other;
  const Deployment elsewhere;
  const auto owner = [&](const std::string& sql) {
    return run_process({.argv = {"psql", "-X", "-q", "-c", sql, other.url()}}, 30s)->status;
  };
  ASSERT_EQ(owner("CREATE ROLE console_owner LOGIN CREATEROLE PASSWORD 'x'"), 0);
  ASSERT_EQ(owner("CREATE DATABASE fresh OWNER console_owner"), 0);
  auto environment = deployment.environment();
  environment["MIGRATE_DATABASE_URL"] = other.url_as("console_owner", "x", "fresh");
  environment["DATABASE_URL"] = other.url_as("console_app", "x", "fresh");
  environment["WORKER_DATABASE_URL"] = other.url_as("console_worker", "x", "fresh");
  const auto restored = run_console({"backup", "restore", file.string()}, environment);
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(run_console({"release", "db"}, environment).status, 0);
}

TEST_F(BackupDrill, ARoleThatMayOnlyReadMakesTheSameBackup) {
  deployment.sql(
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'console_backup') THEN CREATE ROLE "
      "console_backup LOGIN PASSWORD 'x' IN ROLE starter_backup; END IF; END $$");
  const auto tables = json::parse(deployment.run({"backup", "create", "--json"}).out).at("tables");
  deployment.environment()["BACKUP_DATABASE_URL"] =
      test::shared_postgres().url_as("console_backup", "x", name);
  const auto made = deployment.run({"backup", "create", "--json"});
  ASSERT_EQ(made.status, 0) << made.out;
  EXPECT_EQ(json::parse(made.out).at("tables"), tables);
  const auto before = content();
  deployment.sql("DELETE FROM users");
  EXPECT_EQ(replace(std::string(json::parse(made.out).at("file").as_string())).status, 0);
  EXPECT_EQ(content(), before);
}

TEST_F(BackupDrill, RefusesATargetThatIsNotEmptyAndChangesNothing) {
  const auto file = make();
  deployment.sql("UPDATE users SET display_name = 'later'");
  const auto before = content();
  EXPECT_EQ(code_of(restore(file, {"--json"})), "backup.not_empty");
  EXPECT_EQ(restore(file).status, 6);
  EXPECT_EQ(restore(file, {"--replace"}).status, 2) << "the name was not said";
  EXPECT_EQ(restore(file, {"--replace", "--confirm", "another"}).status, 2);
  const auto planned = restore(file, {"--replace", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("Would drop everything"));
  EXPECT_EQ(content(), before);
}

TEST_F(BackupDrill, H5DamagedTruncatedStaleAndForeignBackupsEachHaveTheirError) {
  const auto file = make();
  const auto good = *read_file(file);
  const auto before = content();
  const auto expect = [&](const std::string& text, const std::string& code, int status) {
    ASSERT_TRUE(write_file(file, text).has_value());
    for (auto words : {std::vector<std::string>{"backup", "verify", file.string(), "--json"},
                       {"backup", "restore", file.string(), "--replace", "--confirm", name, "--json"}}) {
      const auto ran = deployment.run(words);
      EXPECT_EQ(ran.status, status) << ran.out;
      EXPECT_EQ(code_of(ran), code);
    }
  };
  auto changed = good;
  changed[good.size() / 2] ^= 1;
  expect(changed, "backup.damaged", 3);
  expect(good.substr(0, good.size() / 2), "backup.truncated", 3);
  expect(good.substr(0, good.size() / 3) + good.substr(good.size() / 2), "backup.damaged", 3);
  expect("not a backup at all", "backup.not_one", 3);
  expect("", "backup.not_one", 3);
  ASSERT_TRUE(write_file(file, changed).has_value());
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 3) << "the newest one is the damaged one";
  ASSERT_TRUE(write_file(file, good).has_value());
  const std::map<std::string, std::string> other{{"BACKUP_ENCRYPTION_KEY", std::string(40, 'k')}};
  const auto foreign = run_console({"backup", "verify", file.string(), "--json"}, other);
  EXPECT_EQ(foreign.status, 4);
  EXPECT_EQ(code_of(foreign), "backup.wrong_key");
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 0);
  EXPECT_EQ(deployment.run({"backup", "verify", (folder() / "none").string()}).status, 5);
  EXPECT_EQ(content(), before);
}

// A backup as make_backup() writes it, with another head or manifest.
void forge(const fs::path& from, const fs::path& to, const std::function<std::string(std::string)>& head,
           const std::function<std::string(std::string)>& last) {
  const Secret key("key-of-tests-0123456789abcdef0123");
  auto reader = operate::SealedReader::open(from);
  ASSERT_TRUE(reader && reader->unlock(key));
  auto writer = operate::SealedWriter::create(to, key, head(reader->head()));
  for (;;) {
    auto piece = reader->next();
    ASSERT_TRUE(piece.has_value());
    if (piece->last) {
      ASSERT_TRUE(writer->finish(last(piece->bytes)).has_value());
      return;
    }
    ASSERT_TRUE(writer->add(piece->bytes).has_value());
  }
}

TEST_F(BackupDrill, H5ARestoreWhoseRowsDifferFromTheManifestIsUndone) {
  const auto file = make(), forged = folder() / "forged.backup";
  forge(
      file, forged, [](std::string head) { return head; },
      [](const std::string& last) {
        return std::regex_replace(last, std::regex("(public.users\",\"rows\":\"300 )...."), "$010000");
      });
  deployment.sql("UPDATE users SET display_name = 'later'");
  const auto before = content();
  const auto refused = restore(forged, {"--replace", "--confirm", name, "--json"});
  EXPECT_EQ(refused.status, 3) << refused.out;
  EXPECT_EQ(code_of(refused), "backup.rows_differ");
  EXPECT_THAT(refused.out, HasSubstr("public.users"));
  EXPECT_EQ(content(), before);
  EXPECT_EQ(deployment.run({"backup", "verify", "--deep", forged.string()}).status, 3);
  EXPECT_EQ(deployment.run({"backup", "verify", "--deep", file.string()}).status, 0);
}

TEST_F(BackupDrill, H5AnOldBackupIsStaleUnlessItsAgeIsAllowed) {
  const auto file = make(), old = folder() / "old.backup";
  forge(
      file, old,
      [](const std::string& head) {
        return std::regex_replace(head, std::regex("\"20[0-9-]*T"), "\"2026-01-01T");
      },
      [](std::string last) { return last; });
  fs::remove(file);
  const auto stale = deployment.run({"backup", "verify", "--json"});
  EXPECT_EQ(stale.status, 3);
  EXPECT_EQ(code_of(stale), "backup.stale");
  EXPECT_EQ(deployment.run({"backup", "verify", "--max-age", "0"}).status, 0);
  EXPECT_EQ(deployment.run({"backup", "verify", old.string()}).status, 0) << "whoever names it means it";
  EXPECT_EQ(restore(old, {"--max-age", "24", "--replace", "--confirm", name}).status, 3);
}

TEST_F(BackupDrill, KeepRemovesTheOldestOfThisDatabaseAlone) {
  deployment.run({"backup", "create"});
  const auto foreign = folder() / "other-20200101T000000000000Z.backup";
  forge(
      files().front(), foreign,
      [](const std::string& head) {
        return std::regex_replace(head, std::regex("\"database\":\"[^\"]*"), "\"database\":\"other");
      },
      [](std::string last) { return last; });
  for (int i = 0; i < 3; ++i) make();
  EXPECT_THAT(files(), SizeIs(5));
  EXPECT_EQ(deployment.run({"backup", "create", "--keep", "2", "--dry-run"}).status, 0);
  EXPECT_THAT(files(), SizeIs(5));
  EXPECT_EQ(deployment.run({"backup", "create", "--keep", "2"}).status, 0);
  EXPECT_THAT(files(), SizeIs(3));
  EXPECT_TRUE(fs::exists(foreign));
  const auto listed = json::parse(deployment.run({"backup", "list", "--json"}).out);
  EXPECT_EQ(listed.at("backups").as_array().size(), 3u);
}

TEST_F(BackupDrill, OnThisMachineAKeyIsMadeOnceAndElsewhereItMustBeSaid) {
  deployment.environment().erase("BACKUP_ENCRYPTION_KEY");
  const auto first = deployment.run({"backup", "create"});
  EXPECT_THAT(first.out, HasSubstr("Keep a copy of it elsewhere"));
  const auto key = deployment.folder() / "var/keys/backup.key";
  const auto text = *read_file(key);
  EXPECT_EQ(first.out.find(text.substr(0, 20)), std::string::npos);
  EXPECT_EQ(deployment.run({"backup", "create"}).out.find("Made the key"), std::string::npos);
  EXPECT_EQ(*read_file(key), text);
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 0);
  fs::permissions(key, fs::perms{0644});
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 4) << "others can read it";
  fs::remove(key);
  const auto none = deployment.run({"backup", "verify", "--json"});
  EXPECT_EQ(none.status, 5);
  EXPECT_EQ(code_of(none), "backup.no_key");
}

// Runs the console for a while and ends it with the signal.
void end_after(Deployment& deployment, const std::vector<std::string>& words, int signal,
               std::chrono::milliseconds time) {
  Launch launch{.argv = {STARTER_CONSOLE_BINARY}, .environment = deployment.environment()};
  launch.argv.insert(launch.argv.end(), words.begin(), words.end());
  const auto process = start_process(launch);
  ASSERT_TRUE(process.has_value());
  std::this_thread::sleep_for(time);
  ::kill(process->pid, signal);
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (is_running(*process) && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
  ASSERT_FALSE(is_running(*process));
}

TEST_F(BackupDrill, CtrlCInTheMiddleLeavesAWholeBackupOrNone) {
  std::mt19937 random(20261121);
  for (int trial = 0; trial < 20; ++trial) {
    const bool killed = trial % 4 == 3;
    end_after(deployment, {"backup", "create"}, killed ? SIGKILL : SIGINT,
              std::chrono::milliseconds(random() % 400));
    for (const auto& file : files()) {
      if (killed && file.extension() == ".part") continue;  // the next one sweeps it away
      EXPECT_EQ(file.extension(), ".backup");
      EXPECT_EQ(deployment.run({"backup", "verify", file.string()}).status, 0);
      fs::remove(file);
    }
  }
  make();
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(BackupDrill, ARestoreThatIsKilledLeavesTheOldDatabaseOrTheNewOne) {
  const auto file = make();
  deployment.sql("UPDATE users SET display_name = 'later', token_version = 7");
  std::mt19937 random(20261122);
  for (int trial = 0; trial < 20; ++trial) {
    end_after(deployment, {"backup", "restore", file.string(), "--replace", "--confirm", name},
              trial % 2 == 0 ? SIGINT : SIGKILL, std::chrono::milliseconds(random() % 500));
    const auto end = std::chrono::steady_clock::now() + 30s;
    const std::string at_work =
        "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while (count(at_work) != "0" && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
    const bool fresh = count("users WHERE display_name = 'later'") == "0";
    EXPECT_EQ(count("users"), "300");
    EXPECT_EQ(count("users WHERE token_version >= 1000000"), fresh ? "300" : "0");
    EXPECT_EQ(count("audit_events WHERE action = 'database.restored'"), fresh ? "1" : "0");
    if (fresh) {
      deployment.sql("UPDATE users SET display_name = 'later', token_version = 7");
      deployment.sql("DELETE FROM audit_events WHERE action = 'database.restored'");
    }
  }
}

TEST_F(BackupDrill, AFullDiskLeavesNoFile) {
  const auto full = run_process(
      {.argv = {"sh", "-c", "ulimit -f 8; trap '' XFSZ; exec \"$0\" backup create", STARTER_CONSOLE_BINARY},
       .environment = deployment.environment()},
      60s);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->status, 1) << full->output;
  EXPECT_THAT(full->output, HasSubstr("Cannot write"));
  EXPECT_THAT(files(), IsEmpty());
}

// --- the file
// ---------------------------------------------------------------------------------------------------

class SealedFile : public ::testing::Test {
 protected:
  SealedFile() {
    auto writer = operate::SealedWriter::create(path, key, R"({"format":1})");
    EXPECT_TRUE(writer->add("first piece") && writer->add("second piece") &&
                writer->add("third one, it's longer"));
    EXPECT_TRUE(writer->finish("manifest").has_value());
    good = *read_file(path);
  }
  /// What all pieces say, or the code of the failure.
  std::string opened(const std::string& text, const Secret& with) const {
    EXPECT_TRUE(write_file(path, text).has_value());
    auto reader = operate::SealedReader::open(path);
    if (!reader) return reader.error().code;
    if (const auto unlocked = reader->unlock(with); !unlocked) return unlocked.error().code;
    for (std::string all = reader->head();;) {
      const auto piece = reader->next();
      if (!piece) return piece.error().code;
      all += "|" + piece->bytes;
      if (piece->last) return all;
    }
  }
  std::string opened(const std::string& text) const { return opened(text, key); }
  /// With a digest that fits: what somebody can make who has no key.
  static std::string with_digest(std::string text) {
    text.resize(text.size() - 32);
    const auto digest = ::starter::crypto::sha256(text);
    return text + std::string(::starter::crypto::bytes_of(digest));
  }

  TemporaryFolder folder;
  const fs::path path = folder / "one.backup";
  const Secret key{"0123456789abcdef0123456789abcdef"};
  std::string good;
};

TEST_F(SealedFile, GivesBackWhatWasPutIn) {
  EXPECT_EQ(opened(good), R"({"format":1}|first piece|second piece|third one, it's longer|manifest)");
  EXPECT_FALSE(fs::exists(folder / ".one.backup.part"));
  EXPECT_FALSE(operate::SealedWriter::create(path, key, "")->finish("").has_value())
      << "never over another one";
}

TEST_F(SealedFile, H5OpensWithNoBitChangedNoByteMissingAndNoOtherKey) {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char mask : {1, -128}) {
      auto changed = good;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      EXPECT_THAT(opened(changed), ::testing::StartsWith("backup.")) << at;
      if (at < good.size() - 32) {
        EXPECT_THAT(opened(with_digest(changed)), ::testing::StartsWith("backup.")) << at;
      }
    }
    EXPECT_THAT(opened(good.substr(0, at)), ::testing::StartsWith("backup.")) << at;
    EXPECT_THAT(opened(good.substr(0, at) + good.substr(at + 1)), ::testing::StartsWith("backup.")) << at;
  }
  EXPECT_EQ(opened(good + "x"), "backup.truncated");
  EXPECT_EQ(opened(good, Secret("0123456789abcdef0123456789abcdeF")), "backup.damaged");
}

TEST_F(SealedFile, H5OpensWithNoPieceMovedDroppedOrDoubled) {
  // The pieces, cut where their lengths say.
  constexpr std::size_t kHead = 17 + 4 + 12 + 24, kTail = 20 + 8 + 32;
  std::vector<std::string> pieces;
  for (std::size_t at = kHead; at + kTail < good.size();) {
    const auto length = static_cast<unsigned char>(good[at + 3]) + std::size_t{4};
    pieces.push_back(good.substr(at, length));
    at += length;
  }
  ASSERT_EQ(pieces.size(), 4u);
  const auto built = [&](const std::vector<std::size_t>& order) {
    auto text = good.substr(0, kHead);
    for (const auto i : order) text += pieces[i];
    const auto size = text.size() + kTail;
    text += good.substr(good.size() - kTail, 20) + std::string(6, '\0') + static_cast<char>(size >> 8) +
            static_cast<char>(size);
    return with_digest(text + std::string(32, '\0'));
  };
  EXPECT_EQ(opened(built({0, 1, 2, 3})), opened(good)) << "the file is built as it was";
  for (const auto& order : std::vector<std::vector<std::size_t>>{{1, 0, 2, 3},
                                                                 {0, 2, 1, 3},
                                                                 {0, 1, 3},
                                                                 {1, 2, 3},
                                                                 {0, 0, 1, 2, 3},
                                                                 {0, 1, 2},
                                                                 {3},
                                                                 {},
                                                                 {0, 1, 2, 3, 3}})
    EXPECT_EQ(opened(built(order)), "backup.damaged");
}

// --- the page
// ---------------------------------------------------------------------------------------------------

TEST_F(BackupDrill, H7TheCommandsOfThePageDoWhatItSays) {
  std::string text;
  deployment.environment().erase("BACKUP_ENCRYPTION_KEY");
  for (const auto& [variable, value] : deployment.environment())
    if (variable != "STARTER_ROOT") text += variable + "=" + value + "\n";
  ASSERT_TRUE(write_file(deployment.folder() / "api.env", text).has_value());
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/how-to/back-up-and-restore.md");
  const auto path = fs::path(STARTER_CONSOLE_BINARY).parent_path().string() + ":" + std::getenv("PATH");
  const std::regex fence("```bash\n([^`]*)```");
  int run = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), fence), end; at != end; ++at) {
    std::istringstream lines((*at)[1].str());
    for (std::string line; std::getline(lines, line); ++run) {
      line = std::regex_replace(line, std::regex("--confirm starter\\b"), "--confirm " + name);
      const auto ran = run_process({.argv = {"sh", "-c", line},
                                    .environment = {{"PATH", path}, {"STARTER_ROOT", ""}},
                                    .folder = deployment.folder()},
                                   120s);
      ASSERT_TRUE(ran.has_value());
      EXPECT_EQ(ran->status, 0) << line << "\n" << ran->output;
    }
  }
  EXPECT_GE(run, 8);
  EXPECT_EQ(count("audit_events WHERE action = 'database.restored'"), "1");
}

}  // namespace starter::console::testing
