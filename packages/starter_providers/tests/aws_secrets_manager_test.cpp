// AWS Secrets Manager against an AWS that others wrote, which checks signatures and policies; and against
// servers that answer what they should not.
#include "starter/providers/aws_secrets_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "starter/net/timer.h"
#include "starter/providers/registry.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/http_peer.h"
#include "starter/testing/run.h"

namespace starter::providers {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Peer;
using Variables = std::map<std::string, std::string>;

Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? "" : found->second;
  };
}

/// One store with a loop of its own, as blocking calls.
struct Store {
  explicit Store(const Variables& variables) {
    auto opened = open_secret_store("aws_sm", loop.get_executor(), environment_of(variables));
    if (!opened) throw std::runtime_error(opened.error());
    store = std::move(*opened);
  }
  Result<StoredSecret> get(const std::string& name, std::chrono::milliseconds time = 20s) {
    return test::await(loop, store->get(name, net::deadline_in(time)));
  }
  Result<std::string> put(const std::string& name, const std::string& value, const std::string& expected) {
    return test::await(loop, store->put(name, Secret(value), expected, net::deadline_in(20s)));
  }
  std::vector<std::string> list(const std::string& prefix) {
    return *test::await(loop, store->list(prefix, net::deadline_in(20s)));
  }
  Result<bool> probe(const std::string& name) {
    return test::await(loop, store->probe(name, net::deadline_in(20s)));
  }
  asio::io_context loop{1};
  std::unique_ptr<SecretStore> store;
};

class Aws : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = test::AwsServer::start(); }
  static void TearDownTestSuite() { server.reset(); }
  void SetUp() override {
    if (!server) GTEST_SKIP() << test::AwsServer::missing();
  }
  static inline std::unique_ptr<test::AwsServer> server;
};

TEST_F(Aws, A000_09KeepsWhatIsPut) {
  Store store(server->environment());
  EXPECT_TRUE(store.get("a/keyset").error().is(problems::secret_absent));
  EXPECT_FALSE(*store.probe("a/keyset"));
  const auto first = store.put("a/keyset", "{\"one\":\"\\u00e4\"}", "");
  ASSERT_TRUE(first) << first.error().cause();
  const auto read = store.get("a/keyset");
  ASSERT_TRUE(read) << read.error().cause();
  EXPECT_EQ(read->value.reveal(), "{\"one\":\"\\u00e4\"}");
  EXPECT_EQ(read->version, *first);
  EXPECT_TRUE(*store.probe("a/keyset"));
  ASSERT_TRUE(store.put("a/other", "x", ""));
  ASSERT_TRUE(store.put("b/keyset", "x", ""));
  EXPECT_THAT(store.list("a/"), ElementsAre("a/keyset", "a/other"));
}

TEST_F(Aws, ChangesOnlyFromTheVersionThatWasRead) {
  Store one(server->environment()), other(server->environment());
  const auto first = one.put("cas", "1", "");
  ASSERT_TRUE(first);
  EXPECT_TRUE(other.put("cas", "2", "").error().is(problems::secret_changed)) << "there is a value already";
  const auto second = one.put("cas", "2", *first);
  ASSERT_TRUE(second) << second.error().cause();
  const auto late = other.put("cas", "lost", *first);
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is(problems::secret_changed)) << late.error().cause();
  EXPECT_EQ(other.get("cas")->value.reveal(), "2");
  EXPECT_EQ(other.get("cas")->version, *second);
  ASSERT_TRUE(other.put("cas", "3", *second)) << "after a refused write the next one goes on";
  EXPECT_EQ(one.get("cas")->value.reveal(), "3");
}

TEST_F(Aws, LosesNoChangeOfManyWriters) {
  ASSERT_TRUE(Store(server->environment()).put("count", "0", ""));
  constexpr int kWriters = 3, kEach = 7;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i)
    writers.emplace_back([] {
      Store mine(server->environment());
      for (int done = 0; done < kEach;) {
        const auto now = mine.get("count");
        const auto next = std::to_string(std::stoi(std::string(now->value.reveal())) + 1);
        if (mine.put("count", next, now->version)) ++done;
      }
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(Store(server->environment()).get("count")->value.reveal(), std::to_string(kWriters * kEach));
}

std::string between(const std::string& text, const std::string& tag) {
  const size_t from = text.find("<" + tag + ">") + tag.size() + 2;
  return text.substr(from, text.find("</" + tag + ">") - from);
}

TEST(AwsAccess, A001_59IsJudgedBySignatureAndPolicy) {
  const auto server = test::AwsServer::start(3);
  if (!server) GTEST_SKIP() << test::AwsServer::missing();
  server->iam("Action=CreateUser&UserName=api");
  server->iam(
      "Action=PutUserPolicy&UserName=api&PolicyName=p&PolicyDocument=" +
      uri_encode(
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["secretsmanager:GetSecretValue","secretsmanager:CreateSecret","secretsmanager:PutSecretValue"]}]})"));
  const auto key = server->iam("Action=CreateAccessKey&UserName=api");
  auto variables = server->environment();
  variables["AWS_ACCESS_KEY_ID"] = between(key, "AccessKeyId");
  variables["AWS_SECRET_ACCESS_KEY"] = between(key, "SecretAccessKey");
  Store good(variables);
  ASSERT_TRUE(good.put("keyset", "value", "")) << "its signature is right";
  EXPECT_EQ(good.get("keyset")->value.reveal(), "value");

  const auto denied = test::await(good.loop, good.store->list("", net::deadline_in(20s)));
  ASSERT_FALSE(denied) << "its policy lacks ListSecrets";
  EXPECT_TRUE(denied.error().is(problems::secrets_denied)) << denied.error().cause();
  EXPECT_THAT(std::string(denied.error().cause()), HasSubstr("ListSecrets"));

  variables["AWS_SECRET_ACCESS_KEY"] = "another";
  const auto forged = Store(variables).get("keyset");
  ASSERT_FALSE(forged);
  EXPECT_TRUE(forged.error().is(problems::secrets_denied)) << forged.error().cause();
  EXPECT_THAT(std::string(forged.error().cause()), Not(HasSubstr("another")));
}

// ---- servers that answer what they should not

std::string answer(const std::string& status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Variables at(const Peer& peer) {
  return {{"AWS_REGION", "eu-central-1"},
          {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
          {"AWS_SECRET_ACCESS_KEY", "the-secret-half"},
          {"AWS_ENDPOINT_URL_SECRETS_MANAGER", peer.url()}};
}

TEST(AwsFaults, AWebPageIsNoSecretManager) {
  for (const char* status : {"200 OK", "403 Forbidden", "404 Not Found"}) {
    const Peer peer([=](const std::string&) {
      return answer(status, "text/html", "<html><title>Sign in to the hotel's network</title></html>");
    });
    const auto got = Store(at(peer)).get("x");
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().is(problems::secrets_foreign)) << status << " " << got.error().cause();
    EXPECT_THAT(std::string(got.error().cause()), HasSubstr("a web page"));
    EXPECT_EQ(peer.accepted, 1) << "asking again changes nothing";
  }
}

TEST(AwsFaults, ARefusalIsToldInItsOwnWordsAndNotRepeated) {
  const Peer peer([](const std::string&) {
    return answer(
        "403 Forbidden", "application/x-amz-json-1.1",
        R"({"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: y"})");
  });
  const auto got = Store(at(peer)).get("x");
  EXPECT_TRUE(got.error().is(problems::secrets_denied));
  EXPECT_THAT(std::string(got.error().cause()), HasSubstr("is not authorized to perform: y"));
  EXPECT_EQ(peer.accepted, 1);
}

TEST(AwsFaults, TheRequestIdStandsInTheErrorWhenItIsOne) {
  for (const std::string id : {"0b0c2a7e-51f5-4d0c-8a5b-2c3e0f6f7a01", "x, fix: run this"}) {
    const Peer peer([&](const std::string&) {
      return answer("400 Bad Request\r\nx-amzn-RequestId: " + id, "application/x-amz-json-1.1",
                    R"({"__type":"InvalidParameterException"})");
    });
    const auto got = Store(at(peer)).get("x");
    ASSERT_FALSE(got);
    EXPECT_EQ(std::string(got.error().cause()),
              "GetSecretValue: InvalidParameterException" +
                  (id.starts_with("0b") ? " (AWS request id " + id + ")" : std::string()));
  }
}

TEST(AwsFaults, SilenceEndsWithTheDeadline) {
  const Peer peer([](const std::string&) { return std::string(); });
  const auto got = Store(at(peer)).get("x", 300ms);
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().is(problems::secrets_late)) << got.error().cause();
}

TEST(AwsFaults, ThrottlingAndFailuresAreWaitedOut) {
  std::atomic<int> calls = 0;
  const Peer peer([&calls](const std::string&) {
    switch (++calls) {
      case 1:
        return answer("400 Bad Request", "application/x-amz-json-1.1", R"({"__type":"ThrottlingException"})");
      case 2:
        return answer("503 Service Unavailable", "text/html", "<html>");
      case 3:
        return std::string("HTTP/1.1 ");  // the connection ends in the middle
      default:
        return answer("200 OK", "application/x-amz-json-1.1", R"({"VersionId":"v","SecretString":"s"})");
    }
  });
  const auto got = Store(at(peer)).get("x");
  ASSERT_TRUE(got) << got.error().cause();
  EXPECT_EQ(got->value.reveal(), "s");
  EXPECT_EQ(calls, 4);
}

TEST(AwsFaults, AServerThatFailsForGoodIsUnreachable) {
  const Peer peer([](const std::string&) {
    return answer("500 Internal Server Error", "application/x-amz-json-1.1",
                  R"({"__type":"InternalServiceError"})");
  });
  const auto got = Store(at(peer)).get("x");
  EXPECT_TRUE(got.error().is(problems::secrets_unreachable)) << got.error().cause();
  EXPECT_EQ(peer.accepted, 4);
}

TEST(AwsFaults, AWriteWhoseAnswerIsLostCountsOnce) {
  std::atomic<int> moves = 0;
  std::string version;
  const Peer peer([&](const std::string& request) {
    const auto body = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    if (request.find("PutSecretValue") != request.npos) {
      version = body.at("ClientRequestToken").as_string();
      return answer("200 OK", "application/x-amz-json-1.1", "{}");
    }
    if (request.find("UpdateSecretVersionStage") != request.npos)
      return ++moves == 1 ? std::string("HTTP/1.1 ")
                          : answer("400 Bad Request", "application/x-amz-json-1.1",
                                   R"({"__type":"InvalidParameterException"})");
    return answer("200 OK", "application/x-amz-json-1.1",
                  R"({"SecretString":"new","VersionId":")" + version + "\"}");
  });
  const auto put = Store(at(peer)).put("x", "new", "old-version");
  ASSERT_TRUE(put) << put.error().cause();
  EXPECT_EQ(*put, version);
}

TEST(AwsFaults, SettingsThatCantBeUsedAreNamed) {
  asio::io_context loop{1};
  const auto open = [&](Variables variables) {
    return open_secret_store("aws_sm", loop.get_executor(), environment_of(std::move(variables))).error();
  };
  EXPECT_THAT(open({}), HasSubstr("AWS_REGION is not set"));
  EXPECT_THAT(open({{"AWS_REGION", "eu central/1"}}), HasSubstr("AWS_REGION is no name"));
  EXPECT_THAT(
      open({{"AWS_REGION", "eu-central-1"}, {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://10.0.0.1/"}}),
      HasSubstr("not encrypted"));
  EXPECT_THAT(open_secret_store("vault_hcp", loop.get_executor(), environment_of({})).error(),
              HasSubstr("no client for vault_hcp"));
}

}  // namespace
}  // namespace starter::providers
