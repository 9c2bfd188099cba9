// Signing keys change while everybody works, and nobody notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <set>

#include "starter/crypto/encoding.h"
#include "support/api.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using testing::HasSubstr;

/// What the row allows from the new document to its use.
constexpr std::chrono::seconds kPickUp{5};

std::string kid_of(const std::string& token) {
  const auto header = boost::json::parse(*crypto::base64url_decode(token.substr(0, token.find('.'))));
  return std::string(header.at("kid").as_string());
}

TEST(KeyRotation, A5FiveRotationsUnderLoadFailNoVerification) {
  Api api(3);
  std::vector<Person> people;
  for (int i = 0; i < 6; ++i) people.push_back(api.add_person("rotating"));
  std::atomic<bool> stop{false};
  std::atomic<int> requests{0};
  std::mutex mutex;
  std::set<std::string> kids, failures;
  std::vector<std::thread> load;
  for (size_t i = 0; i < people.size(); ++i) {
    load.emplace_back([&, i] {
      auto token = people[i].refresh_token;
      while (!stop) {
        const auto fresh =
            api.client(i % 3).post("/api/v1/auth/refresh", R"({"refresh_token":")" + token + "\"}");
        if (fresh.status == 200) token = fresh.text("refresh_token");
        for (size_t k = 0; k < 20 && !stop; ++k, ++requests) {
          // Minted here, verified elsewhere.
          const auto reply =
              api.client((i + k) % 3).with_token(fresh.text("access_token")).get("/api/v1/users/me");
          const std::lock_guard lock(mutex);
          if (reply.status != 200)
            failures.insert(std::to_string(reply.status) + reply.body.substr(0, 200));
          else
            kids.insert(kid_of(fresh.text("access_token")));
        }
      }
    });
  }
  const int rotations = trials(5, 20);
  for (int i = 0; i < rotations; ++i) {
    auto keyset = *crypto::load_keyset_file(api.keyset_path());
    const auto old = keyset.active().kid;
    ASSERT_EQ(keyset.publish_next(Clock::system().now(), std::chrono::seconds(0)), nullptr);
    ASSERT_EQ(crypto::save_keyset_file(api.keyset_path(), keyset), "");
    for (size_t k = 0; k < 3; ++k) {
      wait_until(
          "the next key is published",
          [&] {
            return api.client(k).get("/.well-known/jwks.json").body.find(keyset.next()->kid) !=
                   std::string::npos;
          },
          kPickUp);
    }
    ASSERT_EQ(keyset.promote(Clock::system().now(), std::chrono::minutes(16)), nullptr);
    ASSERT_EQ(crypto::save_keyset_file(api.keyset_path(), keyset), "");
    wait_until(
        "the new key signs",
        [&] {
          const std::lock_guard lock(mutex);
          return kids.contains(keyset.active().kid) || !failures.empty();
        },
        kPickUp);
    // What the old key signed is still good.
    for (size_t k = 0; k < 3; ++k)
      EXPECT_THAT(api.client(k).get("/.well-known/jwks.json").body, HasSubstr(old));
  }
  stop = true;
  for (auto& thread : load) thread.join();
  EXPECT_THAT(failures, testing::IsEmpty());
  EXPECT_EQ(kids.size(), static_cast<size_t>(rotations) + 1);
  RecordProperty("requests", requests);
}

TEST(KeyRotation, A6AHalfWrittenKeysetLeavesTheLastGoodOneInForce) {
  Api api;
  const auto person = api.add_person("steady");
  const auto good = *crypto::load_keyset_file(api.keyset_path());
  const auto text = std::string(good.serialise().reveal());
  for (const size_t size : {size_t(0), size_t(1), text.size() / 2, text.rfind('}')}) {
    std::ofstream(api.keyset_path(), std::ios::trunc) << text.substr(0, size);
    const auto before = api.log();
    wait_until("the bad file was seen",
               [&] { return api.log().find("keyset file", before.size()) != std::string::npos; });
    EXPECT_EQ(api.client().with_token(person.access_token).get("/api/v1/users/me").status, 200);
    EXPECT_EQ(api.client().get("/health/ready").status, 200);
  }
  EXPECT_EQ(api.log().find(text.substr(text.find("private") + 10, 20)), std::string::npos);
}

}  // namespace
}  // namespace starter::test
