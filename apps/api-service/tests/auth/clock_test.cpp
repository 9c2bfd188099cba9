// Replicas whose clocks differ: what one mints another must take within the leeway of 30 seconds, and no
// further.
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

class Clocks : public WithApi<Clocks> {};

struct Skew {
  const char* what;
  std::chrono::seconds begins, ends;  // from now
  int status;
  const char* code;
};

TEST_F(Clocks, A9TokensOfSkewedClocksAreTakenWithinTheLeewayOnly) {
  const auto person = api().add_person("skewed");
  const Skew table[] = {
      {"the same clock", 0s, 15min, 200, ""},
      {"minted 30 s ahead", 30s, 15min + 30s, 200, ""},
      {"minted 120 s ahead", 120s, 15min + 120s, 401, "token.invalid"},
      {"minted 1 h ahead", 1h, 1h + 15min, 401, "token.invalid"},
      {"minted 30 s behind", -30s, 15min - 30s, 200, ""},
      {"minted 1 h behind with its whole life", -1h, -45min, 401, "token.expired"},
      {"expired 20 s ago here, not there", -15min, -20s, 200, ""},
      {"expired 32 s ago", -15min, -32s, 401, "token.expired"},
      {"expired 120 s ago", -15min, -120s, 401, "token.expired"},
      {"expired long before it was issued", 0s, -1h, 401, "token.expired"},
      {"at the beginning of time", -50h * 365 * 24, -49h * 365 * 24, 401, "token.expired"},
      {"at its end", 100h * 365 * 24, 101h * 365 * 24, 401, "token.invalid"},
  };
  for (const auto& skew : table) {
    auto claims = api().claims(person);
    const auto now = std::chrono::floor<std::chrono::seconds>(Clock::system().now());
    claims.issued_at = claims.not_before = now + skew.begins;
    claims.expires_at = now + skew.ends;
    const auto reply = api().client().with_token(api().sign(claims)).get("/api/v1/users/me");
    EXPECT_EQ(reply.status, skew.status) << skew.what << reply.body;
    EXPECT_EQ(reply.code(), skew.code) << skew.what;
  }
}

TEST_F(Clocks, A9AVerifiedTokenIsRefusedOnceItHasExpired) {
  const auto person = api().add_person("expiring");
  auto claims = api().claims(person);
  claims.issued_at = claims.not_before -= 14min;
  claims.expires_at = std::chrono::floor<std::chrono::seconds>(Clock::system().now()) -
                      28s;  // the leeway ends in two seconds
  const auto client = api().client().with_token(api().sign(claims));
  ASSERT_EQ(client.get("/api/v1/users/me").status, 200);
  wait_until("the remembered token is refused",
             [&] { return client.get("/api/v1/users/me").code() == "token.expired"; });
}

}  // namespace
}  // namespace starter::test
