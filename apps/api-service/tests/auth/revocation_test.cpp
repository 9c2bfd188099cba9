// Who lost a right loses it on every replica, with Redis or without it, and nobody is told so before it
// holds.
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <mutex>

#include "support/api.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::steady_clock::time_point;

/// A person, the call that takes something from them, and what their old token is answered from then on.
struct Case {
  std::string token;
  std::function<Response()> revoke;
  std::string path, code;
};

class Revoking : public testing::Test {
 protected:
  explicit Revoking()
      : api_(3, {{"REDIS_URL", redis_.url()}}),
        sql_(api_.superuser_url()),
        tenant_(api_.add_tenant("Revoking")) {}

  Client as(const Person& person, size_t replica = 0) {
    return api_.client(replica).with_token(person.access_token);
  }

  std::map<std::string, std::function<Case()>> kinds() {
    const std::string members = "/api/v1/tenants/" + tenant_.id + "/members";
    return {
        {"sign-out",
         [this] {
           const auto p = api_.add_person("p");
           return Case{p.access_token, [=, this] { return as(p).post("/api/v1/auth/sign-out", ""); },
                       "/api/v1/users/me", "session.ended"};
         }},
        {"sign-out everywhere",
         [this] {
           const auto p = api_.add_person("p");
           return Case{p.access_token, [=, this] { return as(p).post("/api/v1/auth/sign-out-all", ""); },
                       "/api/v1/users/me", "session.ended"};
         }},
        {"a session ended by its owner elsewhere",
         [this] {
           const auto p = api_.add_person("p");
           auto elsewhere = p;
           elsewhere.session = Uuid::v7(Clock::system().now()).text();
           elsewhere.access_token = api_.sign(api_.claims(elsewhere));
           return Case{p.access_token,
                       [=, this] { return as(elsewhere).remove("/api/v1/users/me/sessions/" + p.session); },
                       "/api/v1/users/me", "session.ended"};
         }},
        {"a changed password, in other sessions",
         [this] {
           const auto p = api_.add_person("p");
           auto elsewhere = p;
           elsewhere.session = Uuid::v7(Clock::system().now()).text();
           elsewhere.access_token = api_.sign(api_.claims(elsewhere));
           return Case{
               p.access_token,
               [=, this] {
                 return as(elsewhere).post(
                     "/api/v1/users/me/password",
                     R"({"current_password":"correct horse battery staple","new_password":"quiet marble lantern"})");
               },
               "/api/v1/users/me", "session.ended"};
         }},
        {"a reset password",
         [this] {
           const auto p = api_.add_person("p");
           sql_.run("INSERT INTO password_resets (id, user_id, expires_at) VALUES (gen_random_uuid(), " +
                    literal(p.id) + ", now() + interval '1 hour')");
           return Case{p.access_token,
                       [=, this] {
                         return api_.client().post("/api/v1/auth/reset",
                                                   R"({"token":")" + api_.reset_token(p.email) +
                                                       R"(","password":"quiet marble lantern"})");
                       },
                       "/api/v1/users/me", "session.ended"};
         }},
        {"a lower role",
         [this, members] {
           const auto p = api_.add_member(tenant_, "p", "admin");
           return Case{
               p.access_token,
               [=, this] { return as(tenant_.owner).patch(members + "/" + p.id, R"({"role":"viewer"})"); },
               members, "token.stale"};
         }},
        {"a removal",
         [this, members] {
           const auto p = api_.add_member(tenant_, "p", "member");
           return Case{p.access_token, [=, this] { return as(tenant_.owner).remove(members + "/" + p.id); },
                       members, "token.stale"};
         }},
        {"a disabled account",
         [this] {
           const auto p = api_.add_person("p");
           return Case{p.access_token,
                       [=, this] {
                         Sql(api_.superuser_url())
                             .run("UPDATE users SET disabled_at = now() WHERE id = " + literal(p.id));
                         return Response{204, {}, {}};
                       },
                       "/api/v1/users/me", "token.stale"};
         }},
        {"a suspended tenant",
         [this] {
           const auto t = api_.add_tenant("Suspended");
           return Case{t.owner.access_token,
                       [=, this] {
                         Sql(api_.superuser_url())
                             .run("UPDATE tenants SET status = 'suspended' WHERE id = " + literal(t.id));
                         return Response{204, {}, {}};
                       },
                       "/api/v1/tenants/" + t.id, "token.stale"};
         }},
    };
  }

  /// Asks every replica until all refuse; how long behind the reply of the revocation a request still began
  /// that was served.
  std::chrono::milliseconds served_after(const Case& one, Time replied) {
    Time last = replied;
    for (size_t k = 0; k < api_.replicas(); ++k) {
      const auto client = api_.client(k).with_token(one.token);
      wait_until("replica " + std::to_string(k) + " refuses", [&] {
        const auto began = std::chrono::steady_clock::now();
        const auto reply = client.get(one.path);
        if (reply.status == 200) last = std::max(last, began);
        return reply.code() == one.code;
      });
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(last - replied);
  }

  void expect_all_refused_everywhere() {
    for (const auto& [name, make] : kinds()) {
      // Hashes queue up, and a queue that is full refuses.
      const bool hashes = name.find("password") != name.npos;
      const size_t count = static_cast<size_t>(trials(20, 500)), at_once = hashes ? 2 : 20;
      std::chrono::milliseconds longest{0};
      std::mutex mutex;
      for (size_t done = 0; done < count; done += at_once) {
        std::vector<Case> cases;
        for (size_t i = 0; i < at_once; ++i) cases.push_back(make());
        for (const auto& one : cases) {
          for (size_t k = 0; k < api_.replicas(); ++k)
            ASSERT_EQ(api_.client(k).with_token(one.token).get(one.path).status, 200) << name;
        }
        together(at_once, [&](size_t i) {
          const auto reply = cases[i].revoke();
          const auto replied = std::chrono::steady_clock::now();
          ASSERT_TRUE(reply.status == 200 || reply.status == 204) << name << reply.body;
          const auto served = served_after(cases[i], replied);
          const std::lock_guard lock(mutex);
          longest = std::max(longest, served);
        });
      }
      EXPECT_LE(longest, 1s) << name;
      std::printf("  %s: %zu tokens, none served on 3 replicas later than %lld ms after its own reply\n",
                  name.c_str(), count, static_cast<long long>(longest.count()));
    }
  }

  RedisServer redis_;
  Api api_;
  Sql sql_;
  TenantOf tenant_;
};

TEST_F(Revoking, A7EveryLossOfRightsReachesEveryReplica) {
  expect_all_refused_everywhere();
}

TEST_F(Revoking, A7TheSameWithoutRedis) {
  redis_.crash();
  expect_all_refused_everywhere();
}

TEST_F(Revoking, A7TheSameWithRedisThatDoesNotAnswer) {
  redis_.pause();
  expect_all_refused_everywhere();
  redis_.resume();
}

// It slept through the revocation, so it must look before it vouches for anything.
TEST_F(Revoking, A7AReplicaThatWasStoppedDoesNotServeWithWhatItKnewBefore) {
  const int rounds = trials(2, 20);
  for (int round = 0; round < rounds; ++round) {
    std::vector<Person> people;
    for (int i = 0; i < 10; ++i) people.push_back(api_.add_person("stopped"));
    for (const auto& person : people) ASSERT_EQ(as(person, 2).get("/api/v1/users/me").status, 200);
    api_.process(2).signal(SIGSTOP);
    for (const auto& person : people) ASSERT_EQ(as(person).post("/api/v1/auth/sign-out", "").status, 204);
    const auto stopped = std::chrono::steady_clock::now();
    wait_until("its knowledge is too old",
               [&] { return std::chrono::steady_clock::now() - stopped > 1200ms; });
    std::vector<Response> replies(people.size());
    std::atomic<size_t> begun{0};
    together(people.size() + 1, [&](size_t k) {
      if (k == people.size()) {
        wait_until("all have asked", [&] { return begun == people.size(); });
        api_.process(2).signal(SIGCONT);
        return;
      }
      ++begun;
      replies[k] = as(people[k], 2).get("/api/v1/users/me");
    });
    for (const auto& reply : replies)
      EXPECT_TRUE(reply.status == 401 || reply.status == 503) << reply.status << reply.body;
  }
}

TEST_F(Revoking, A7ALateCommitIsNotMissed) {
  const int tries = trials(20, 100);
  std::vector<std::pair<Person, std::unique_ptr<Sql>>> early;
  for (int i = 0; i < tries; ++i) {
    auto& [person, slow] =
        early.emplace_back(api_.add_person("early"), std::make_unique<Sql>(api_.superuser_url()));
    slow->run("BEGIN; SELECT entry.sessions_end(" + literal(person.id) + ", NULL, NULL, 'test')");
  }
  // A later transaction commits first, and its row is seen.
  const auto late = api_.add_person("late");
  ASSERT_EQ(as(late).post("/api/v1/auth/sign-out", "").status, 204);
  wait_until("the later one is known", [&] { return as(late).get("/api/v1/users/me").status == 401; });
  std::chrono::milliseconds longest{0};
  for (auto& [person, slow] : early) {
    EXPECT_EQ(as(person).get("/api/v1/users/me").status, 200);
    slow->run("COMMIT");
    const Case late_one{person.access_token, {}, "/api/v1/users/me", "session.ended"};
    longest = std::max(longest, served_after(late_one, std::chrono::steady_clock::now()));
  }
  EXPECT_LE(longest, 1s);
}

TEST_F(Revoking, A7WhoIsRemovedAndInvitedAgainGetsIn) {
  const auto person = api_.add_member(tenant_, "again", "member");
  ASSERT_EQ(as(tenant_.owner).remove("/api/v1/tenants/" + tenant_.id + "/members/" + person.id).status, 204);
  wait_until("the removal is known",
             [&] { return as(person).get("/api/v1/tenants/" + tenant_.id).status == 401; });
  ASSERT_EQ(as(tenant_.owner)
                .post("/api/v1/tenants/" + tenant_.id + "/invites", R"({"email":")" + person.email + "\"}")
                .status,
            201);
  ASSERT_EQ(
      as(person)
          .post("/api/v1/auth/invites/accept", R"({"token":")" + api_.invite_token(person.email) + "\"}")
          .status,
      401)
      << "stale for the old tenant";
  auto back = person;
  back.access_token = api_.sign(api_.claims(person));
  ASSERT_EQ(
      as(back)
          .post("/api/v1/auth/invites/accept", R"({"token":")" + api_.invite_token(person.email) + "\"}")
          .status,
      200);
  back.access_token = api_.sign(api_.claims(person, tenant_.id));
  EXPECT_EQ(as(back).get("/api/v1/tenants/" + tenant_.id).status, 200);
}

TEST(RevokingWithoutPostgres, A8IsNeverAnsweredAsDone) {
  PostgresServer postgres;
  Api api(1, {}, postgres);
  const int tries = trials(20, 50);
  std::vector<Person> people;
  for (int i = 0; i < tries; ++i) people.push_back(api.add_person("unheard"));
  // The first requests meet the crash itself; those after it find no database.
  std::vector<Response> replies(people.size());
  std::atomic<int> answered{0};
  together(people.size() + 1, [&](size_t k) {
    if (k == people.size()) {
      wait_until("somebody was answered", [&] { return answered > 0; });
      postgres.crash();
      return;
    }
    if (k % 2) wait_until("Postgres is gone", [&] { return !accepts(postgres.port()); });
    replies[k] = api.client().with_token(people[k].access_token).post("/api/v1/auth/sign-out", "");
    ++answered;
  });
  for (const auto& reply : replies)
    EXPECT_TRUE(reply.status == 204 || reply.status == 503) << reply.status << reply.body;
  for (size_t k = 1; k < people.size(); k += 2) EXPECT_EQ(replies[k].status, 503);
  postgres.start();
  wait_until("the API is ready", [&] { return api.client().get("/health/ready").status == 200; });
  for (size_t k = 0; k < people.size(); ++k) {
    const auto person = api.client().with_token(people[k].access_token);
    if (replies[k].status == 204) {
      wait_until(
          "what was acknowledged holds",
          [&] { return person.get("/api/v1/users/me").code() == "session.ended"; }, 5s);
    } else if (k % 2) {
      EXPECT_EQ(person.get("/api/v1/users/me").status, 200) << "what was refused did not happen";
    }
  }
}

}  // namespace
}  // namespace starter::test
