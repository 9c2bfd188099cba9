// Passwords that were used before, by the people who would like to use them again.
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

constexpr int kHistory = 2;  // before the present one

class PasswordHistory : public testing::Test {
 protected:
  static std::string nth(int n) {
    return "quiet marble lantern " + std::string(1, static_cast<char>('a' + n));
  }
  Response change(const std::string& current, const std::string& next) {
    return api.client()
        .with_token(api.sign(api.claims(person)))
        .post("/api/v1/users/me/password",
              R"({"current_password":")" + current + R"(","new_password":")" + next + "\"}");
  }
  Response reset(const std::string& next) {
    api.sql("INSERT INTO password_resets (id, user_id, expires_at) VALUES (gen_random_uuid(), " +
            literal(person.id) + ", now() + interval '1 hour')");
    return api.client().post("/api/v1/auth/reset", R"({"token":")" + api.reset_token(person.email) +
                                                       R"(","password":")" + next + "\"}");
  }
  static void expect_reused(const Response& reply, const std::string& pointer) {
    ASSERT_EQ(reply.status, 422) << reply.body;
    const auto errors = reply.json().at("errors").as_array();
    ASSERT_EQ(errors.size(), 1U) << reply.body;
    EXPECT_EQ(errors[0].at("pointer").as_string(), pointer);
    EXPECT_EQ(errors[0].at("code").as_string(), "reused");
  }
  bool opens(const std::string& password) {
    return api.client()
               .post("/api/v1/auth/sign-in",
                     R"({"email":")" + person.email + R"(","password":")" + password + "\"}")
               .status == 200;
  }

  Api api{1, {{"AUTH_PASSWORD_HISTORY_COUNT", std::to_string(kHistory)}}};
  const Person person = api.add_person("used");
};

TEST_F(PasswordHistory, ThePresentAndTheLastOnesAreRefusedByAChangeAndByAReset) {
  ASSERT_EQ(change(person.password, nth(0)).status, 204);
  std::vector<std::string> used{nth(0)};
  for (int n = 1; n <= kHistory; ++n) {
    ASSERT_EQ(change(used.back(), nth(n)).status, 204);
    used.push_back(nth(n));
  }
  for (const auto& old : used) {
    expect_reused(change(used.back(), old), "/new_password");
    expect_reused(reset(old), "/password");
  }
  EXPECT_TRUE(opens(used.back()));
  EXPECT_FALSE(opens(used.front()));
  EXPECT_EQ(reset(nth(kHistory + 1)).status, 204);
  EXPECT_TRUE(opens(nth(kHistory + 1)));
  EXPECT_EQ(reset(used.front()).status, 204) << "what was used long ago may be used again";
}

}  // namespace
}  // namespace starter::test
