// RFC 9110 section 13.1.2: who has the present version gets no second copy of it.
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

class ETags : public WithApi<ETags> {
 protected:
  static void expect_spared(const Client& client, const std::string& path) {
    const auto first = client.get(path);
    ASSERT_EQ(first.status, 200) << first.body;
    const auto tag = first.headers.at("etag");
    for (const auto& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
      const auto again = client.with_header("If-None-Match", known).get(path);
      EXPECT_EQ(again.status, 304) << known;
      EXPECT_EQ(again.body, "") << known;
      EXPECT_EQ(again.headers.at("etag"), tag);
      EXPECT_FALSE(again.headers.contains("content-type"));
    }
    for (const auto& other : {"\"other\"", "\"\"", ",", "other"})
      EXPECT_EQ(client.with_header("If-None-Match", other).get(path).body, first.body) << other;
  }
};

TEST_F(ETags, AVerifierAsksForNewKeysCheaply) {
  expect_spared(api().client(), "/.well-known/jwks.json");
  const auto tag = api().client().get("/.well-known/jwks.json").headers.at("etag");
  const auto spared = api().client().with_header("If-None-Match", tag).get("/.well-known/jwks.json");
  EXPECT_TRUE(spared.headers.contains("cache-control"));
}

TEST_F(ETags, ATenantIsSentOnceAsLongAsItIsTheSame) {
  const auto tenant = api().add_tenant("Same");
  const auto client = api().client().with_token(tenant.owner.access_token);
  const auto path = "/api/v1/tenants/" + tenant.id;
  expect_spared(client, path);
  const auto tag = client.get(path).headers.at("etag");
  ASSERT_EQ(client.with_header("If-Match", tag).patch(path, R"({"name":"Another"})").status, 200);
  EXPECT_EQ(client.with_header("If-None-Match", tag).get(path).status, 200);
}

}  // namespace
}  // namespace starter::test
