// What SECRET_KEY makes, while it is exchanged: stored replies of an Idempotency-Key, tokens of known
// devices.
#include <gtest/gtest.h>

#include <atomic>

#include "support/api.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

class StoredReplies : public testing::Test {
 protected:
  void secrets(const std::string& value) {
    api.environment()["SECRET_KEY"] = value;
    api.process().signal(SIGTERM);
    api.process().wait(std::chrono::seconds(20));
    api.start();
    api.wait_ready();
  }
  Response create(const std::string& key, const std::string& name) {
    return api.client()
        .with_token(owner.owner.access_token)
        .with_header("Idempotency-Key", key)
        .post("/api/v1/tenants/" + owner.id + "/projects", R"({"name":")" + name + "\"}");
  }
  /// A repeated request: the first one's reply, and no second project.
  void expect_same(const std::string& key, const std::string& name, const Response& first) {
    const auto again = create(key, name);
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_TRUE(again.headers.contains("idempotency-replayed"));
    EXPECT_EQ(api.sql("SELECT count(*) FROM projects WHERE name = '" + name + "'"), "1");
  }

  const std::string old_one = std::string(32, 'a') + "-old", new_one = std::string(32, 'b') + "-new";
  Api api{1, {{"SECRET_KEY", old_one}}};
  TenantOf owner = api.add_tenant("Acme");
};

TEST_F(StoredReplies, StayReadableWhileTheSecretIsExchanged) {
  const auto first = create("key-of-the-first", "First");
  ASSERT_EQ(first.status, 201) << first.body;
  secrets(old_one + "," + new_one);  // every process can read what the new one will seal
  expect_same("key-of-the-first", "First", first);
  const auto second = create("key-of-the-second", "Second");
  secrets(new_one + "," + old_one);
  expect_same("key-of-the-first", "First", first);
  expect_same("key-of-the-second", "Second", second);
  const auto third = create("key-of-the-third", "Third");
  secrets(new_one);
  expect_same("key-of-the-third", "Third", third);
}

TEST_F(StoredReplies, AKnownDeviceStaysKnownWhileTheSecretIsExchanged) {
  const auto person = api.person("ada");
  const auto sign_in = [&](const std::string& device) {
    const auto reply = api.client().post(
        "/api/v1/auth/sign-in", R"({"email":")" + person.email + R"(","password":")" + person.password +
                                    R"(","device_token":")" + device + "\"}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.text("device_token");
  };
  const auto id = [](const std::string& token) { return token.substr(0, 21); };  // of 128 bits in base64url
  secrets(new_one + "," + old_one);
  const auto renewed = sign_in(person.device_token);
  EXPECT_EQ(id(renewed), id(person.device_token));
  secrets(new_one);
  EXPECT_EQ(id(sign_in(renewed)), id(person.device_token)) << "the new secret made it";
  EXPECT_NE(id(sign_in(person.device_token)), id(person.device_token)) << "the old secret is gone";
}

// The first request's transaction waits for a table that the test holds, at most half a second: the second
// one has to be told before. Where the machine was too busy for that, nothing is shown.
TEST_F(StoredReplies, ARequestThatIsStillBeingWorkedOnIsNotDoneASecondTime) {
  Sql holder(api.superuser_url());
  int told = 0;
  for (int i = 0; i < 20 && told < 5; ++i) {
    const std::string name = "Slow " + std::to_string(i), key = "key-of-the-slow-" + std::to_string(i);
    holder.run("BEGIN; LOCK TABLE projects IN SHARE MODE");
    Response first, second;
    std::atomic<bool> gave_up = false;
    together(2, [&](size_t k) {
      if (k == 0) {
        first = create(key, name);
        gave_up = true;
        return;
      }
      wait_until("the first one is at work, or gave up before it was seen", [&] {
        return gave_up || api.sql(
                              "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                              "wait_event_type = 'Lock'") == "1";
      });
      second = create(key, name);
      holder.run("ROLLBACK");
    });
    if (first.status == 503) continue;
    ++told;
    EXPECT_EQ(second.status, 409) << second.body;
    EXPECT_EQ(second.code(), "idempotency.in_progress");
    EXPECT_EQ(second.headers["retry-after"], "1");
    ASSERT_EQ(first.status, 201) << first.body << api.log();
    expect_same(key, name, first);
  }
  EXPECT_GE(told, 1);
}

TEST_F(StoredReplies, WithoutTheirSecretAreRefusedAndDoNothingAgain) {
  ASSERT_EQ(create("key-of-the-first", "First").status, 201);
  secrets(new_one);
  EXPECT_EQ(create("key-of-the-first", "First").status, 500);
  EXPECT_EQ(api.sql("SELECT count(*) FROM projects WHERE name = 'First'"), "1");
}

}  // namespace
}  // namespace starter::test
