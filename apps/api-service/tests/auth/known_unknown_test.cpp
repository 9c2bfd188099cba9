// Nobody learns from an answer whether an address has an account. The bytes are compared here, times by
// ./dev bench known.
#include <gtest/gtest.h>

#include <regex>

#include "support/api.h"
#include "support/trials.h"

namespace starter::test {
namespace {

class KnownOrNot : public WithApi<KnownOrNot> {
 protected:
  /// Everything that comes back, without what differs between any two replies.
  static std::string shape(Response reply) {
    for (const char* header : {"date", "x-request-id", "ratelimit-remaining", "ratelimit-reset"})
      reply.headers.erase(header);
    std::string out = std::to_string(reply.status) + "\n";
    for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\n";
    return out + std::regex_replace(reply.body, std::regex("\"request_id\":\"[^\"]*\""), "");
  }
  Response ask(const std::string& path, const std::string& body) {
    static int count = 0;
    ++count;
    return api()
        .client()
        .from("127.0." + std::to_string(40 + count / 200) + "." + std::to_string(1 + count % 200))
        .with_header("X-Request-ID", "the-same")
        .post(path, body);
  }
};

TEST_F(KnownOrNot, A13ForgotAndResendAndSignUpAnswerTheSameBytes) {
  const int tries = trials(20, 2000);
  for (int i = 0; i < tries; ++i) {
    const auto known = api().add_person("known").email,
               unknown = "unknown" + std::to_string(i) + "@example.org";
    for (const char* path : {"/api/v1/auth/forgot", "/api/v1/auth/verify/resend"}) {
      const auto answer = [&](const std::string& email) {
        return shape(ask(path, R"({"email":")" + email + "\"}"));
      };
      ASSERT_EQ(answer(known), answer(unknown)) << path;
    }
    const auto sign_up = [&](const std::string& email) {
      return shape(
          ask("/api/v1/auth/sign-up",
              R"({"email":")" + email + R"(","password":"quiet marble lantern","display_name":"X"})"));
    };
    ASSERT_EQ(sign_up(known), sign_up(unknown));
  }
}

TEST_F(KnownOrNot, A13AWrongPasswordAnUnknownAddressAndADisabledAccountAnswerTheSameBytes) {
  const int tries = trials(20, 2000);
  for (int i = 0; i < tries; ++i) {
    const auto person = api().add_person("known"), disabled = api().add_person("disabled");
    api().sql("UPDATE users SET disabled_at = now() WHERE id = '" + disabled.id + "'");
    const auto answer = [&](const std::string& email, const std::string& password) {
      return shape(
          ask("/api/v1/auth/sign-in", R"({"email":")" + email + R"(","password":")" + password + "\"}"));
    };
    const auto wrong = answer(person.email, "wrong");
    ASSERT_EQ(wrong, answer("unknown" + std::to_string(i) + "@example.org", "wrong"));
    ASSERT_EQ(wrong, answer(disabled.email, disabled.password));
    ASSERT_NE(wrong, answer(person.email, person.password));
  }
}

TEST_F(KnownOrNot, A13AnUnverifiedAddressShowsOnlyWithItsOwnPassword) {
  ask("/api/v1/auth/sign-up",
      R"({"email":"pending@example.org","password":"quiet marble lantern","display_name":"X"})");
  const auto answer = [&](const std::string& email, const std::string& password) {
    return ask("/api/v1/auth/sign-in", R"({"email":")" + email + R"(","password":")" + password + "\"}");
  };
  EXPECT_EQ(answer("pending@example.org", "quiet marble lantern").code(), "email.unverified");
  EXPECT_EQ(shape(answer("pending@example.org", "wrong")), shape(answer("unknown@example.org", "wrong")));
}

TEST_F(KnownOrNot, A13BothWaysLeaveOneMailAndNoTraceThatTellsThemApart) {
  const auto known = api().add_person("known").email;
  const auto jobs = [&] { return std::stoi(api().sql("SELECT count(*) FROM jobs")); };
  for (const auto& email : {known, std::string("unknown-for-jobs@example.org")}) {
    const int before = jobs();
    ask("/api/v1/auth/sign-up",
        R"({"email":")" + email + R"(","password":"quiet marble lantern","display_name":"X"})");
    EXPECT_EQ(jobs(), before + 1) << email;
  }
}

}  // namespace
}  // namespace starter::test
