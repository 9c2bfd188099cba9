// A database with people who are signed in, an audit log and text that is hard to carry, and its backups.
#pragma once

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "operate/sealed_file.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

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

// A backup as make_backup() writes it, with another head or manifest.
inline void forge(const fs::path& from, const fs::path& to,
                  const std::function<std::string(std::string)>& head,
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

}  // namespace starter::console::testing
