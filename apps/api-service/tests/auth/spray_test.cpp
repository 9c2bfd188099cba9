// Guessing passwords: many guesses at one account, one guess at many accounts, forged addresses, and the
// owner who must get in all the same.
#include <gtest/gtest.h>

#include <map>

#include "support/api.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

std::string sign_in_body(const std::string& email, const std::string& password,
                         const std::string& device = "") {
  return R"({"email":")" + email + R"(","password":")" + password + "\"" +
         (device.empty() ? "" : R"(,"device_token":")" + device + "\"") + "}";
}

/// What a limit lets through: ten guesses an hour at one account, with a tenth of tolerance, for each replica
/// that counts by itself.
constexpr int kAccountBudget = 11, kAddressBudget = 55;

class Spray : public testing::Test {
 protected:
  std::map<std::string, int> spray(Api& api, int guesses, const std::function<std::string(int)>& email,
                                   const std::function<std::string(int)>& address, bool forge = true) {
    std::map<std::string, int> answers;
    std::mutex mutex;
    together(8, [&](size_t k) {
      for (int i = static_cast<int>(k); i < guesses; i += 8) {
        auto client = api.client(static_cast<size_t>(i) % api.replicas()).from(address(i));
        if (forge) {
          const std::string lie = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
          client = client.with_header("X-Forwarded-For", lie)
                       .with_header("X-Real-IP", lie)
                       .with_header("Forwarded", "for=" + lie);
        }
        const auto reply = client.post("/api/v1/auth/sign-in",
                                       sign_in_body(email(i), "wrong guess number " + std::to_string(i)));
        const std::lock_guard lock(mutex);
        ++answers[reply.code().empty() ? std::to_string(reply.status) : reply.code()];
      }
    });
    return answers;
  }
};

TEST_F(Spray, A12ManyAddressesOnOneAccountStopAtTheBudgetAndTheOwnerGetsInByMail) {
  for (const bool redis_up : {true, false}) {
    RedisServer redis;
    Api api(2, {{"REDIS_URL", redis.url()}});
    if (!redis_up) redis.crash();
    auto owner = api.add_person("owner");
    api.sign_in(owner);  // from a device that is known from then on
    const auto answers = spray(
        api, trials(80, 1000), [&](int) { return owner.email; },
        [](int i) { return "127.0." + std::to_string(20 + i / 200) + "." + std::to_string(1 + i % 200); });
    EXPECT_GE(answers.at("credentials.invalid"), 1);
    EXPECT_LE(answers.at("credentials.invalid"), kAccountBudget * 2);
    EXPECT_GT(answers.at("sign_in.throttled"), 0);
    // A stranger's device is locked out now, even with the right password.
    EXPECT_EQ(api.client()
                  .from("127.0.99.1")
                  .post("/api/v1/auth/sign-in", sign_in_body(owner.email, owner.password))
                  .code(),
              "sign_in.throttled");
    EXPECT_EQ(api.client(1)
                  .from("127.0.99.1")
                  .post("/api/v1/auth/sign-in", sign_in_body(owner.email, owner.password))
                  .code(),
              "sign_in.throttled");
    // The owner's own device is not.
    EXPECT_EQ(api.client()
                  .from("127.0.99.2")
                  .post("/api/v1/auth/sign-in", sign_in_body(owner.email, owner.password, owner.device_token))
                  .status,
              200);
    // And a new device enters by proof of the mailbox.
    ASSERT_EQ(api.client()
                  .from("127.0.99.3")
                  .post("/api/v1/auth/forgot", R"({"email":")" + owner.email + "\"}")
                  .status,
              202);
    ASSERT_EQ(api.client()
                  .from("127.0.99.3")
                  .post("/api/v1/auth/reset", R"({"token":")" + api.reset_token(owner.email) +
                                                  R"(","password":"quiet marble lantern"})")
                  .status,
              204);
    EXPECT_EQ(api.client()
                  .from("127.0.99.3")
                  .post("/api/v1/auth/sign-in", sign_in_body(owner.email, "quiet marble lantern"))
                  .status,
              200);
  }
}

TEST_F(Spray, A12OneAddressOnManyAccountsStopsAtTheBudgetWhateverHeadersClaim) {
  for (const bool redis_up : {true, false}) {
    RedisServer redis;
    Api api(1, {{"REDIS_URL", redis.url()}});
    if (!redis_up) redis.crash();
    std::vector<Person> people;
    for (int i = 0; i < 20; ++i) people.push_back(api.add_person("sprayed"));
    const auto answers = spray(
        api, trials(120, 1000),
        [&](int i) {
          return i % 2 ? people[static_cast<size_t>(i / 2) % 20].email
                       : "nobody" + std::to_string(i) + "@example.com";
        },
        [](int) { return "127.0.30.1"; });
    EXPECT_LE(answers.at("credentials.invalid"), kAddressBudget);
    EXPECT_GT(answers.at("sign_in.throttled"), 0);
    // Others are not concerned.
    EXPECT_EQ(api.client()
                  .from("127.0.30.2")
                  .post("/api/v1/auth/sign-in", sign_in_body(people[0].email, people[0].password))
                  .status,
              200);
  }
}

TEST_F(Spray, A12AnUnknownAccountIsLimitedLikeAKnownOne) {
  Api api;
  const auto person = api.add_person("known");
  for (int i = 0; i < 15; ++i) {
    const auto address = "127.0.31." + std::to_string(i + 1);
    const auto known =
        api.client().from(address).post("/api/v1/auth/sign-in", sign_in_body(person.email, "wrong"));
    const auto unknown =
        api.client().from(address).post("/api/v1/auth/sign-in", sign_in_body("unknown@example.com", "wrong"));
    EXPECT_EQ(known.code(), unknown.code()) << i;
    EXPECT_EQ(known.headers.contains("retry-after"), unknown.headers.contains("retry-after"));
    EXPECT_EQ(known.code(), i < 10 ? "credentials.invalid" : "sign_in.throttled");
  }
}

TEST_F(Spray, A12ADeviceTokenOfAnotherAccountOpensNoBucket) {
  Api api;
  auto thief = api.add_person("thief");
  api.sign_in(thief);
  const auto victim = api.add_person("victim");
  int let_through = 0;
  for (int i = 0; i < 30; ++i) {
    const auto reply =
        api.client()
            .from("127.0.32." + std::to_string(i + 1))
            .post("/api/v1/auth/sign-in", sign_in_body(victim.email, "wrong", thief.device_token));
    let_through += reply.code() == "credentials.invalid";
  }
  EXPECT_LE(let_through, kAccountBudget);
}

TEST_F(Spray, A12MailsToOneMailboxAreBounded) {
  Api api;
  const auto person = api.add_person("mailed");
  int sent = 0;
  for (int i = 0; i < 40; ++i) {
    const char* path = i % 2 ? "/api/v1/auth/forgot" : "/api/v1/auth/verify/resend";
    sent += api.client()
                .from("127.0.33." + std::to_string(i + 1))
                .post(path, R"({"email":")" + person.email + "\"}")
                .status == 202;
  }
  EXPECT_LE(sent, 6);
  EXPECT_LE(std::stoi(api.sql("SELECT count(*) FROM jobs")), 6);
}

}  // namespace
}  // namespace starter::test
