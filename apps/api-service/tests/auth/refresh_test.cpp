// Refresh families under races, replays and deaths of the process (docs/architecture.md, "Refresh").
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "support/api.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

std::string body_of(const std::string& token) {
  return R"({"refresh_token":")" + token + "\"}";
}

class Refreshing : public WithApi<Refreshing, 3> {
 protected:
  Refreshing() : sql(api().superuser_url()) {}

  Response refresh(const std::string& token, size_t replica = 0) {
    return api().client(replica).post("/api/v1/auth/refresh", body_of(token));
  }
  std::string family(const Person& person, const std::string& column) {
    return sql.value("SELECT " + column + " FROM families WHERE id = " + literal(person.session));
  }
  /// As if the family had been rotated so often and all of it were long ago.
  void age(const Person& person, int generation, int confirmed) {
    sql.run("UPDATE families SET gen = " + std::to_string(generation) +
            ", confirmed_gen = " + std::to_string(confirmed) +
            ", rotated_at = now() - interval '1 hour' WHERE id = " + literal(person.session));
  }

  Sql sql;
};

TEST_F(Refreshing, A1SixtyFourClientsWithOneTokenGetOneSuccessor) {
  const int tries = trials(20, 200);
  for (int i = 0; i < tries; ++i) {
    const auto person = api().add_person("crowd");
    std::vector<Response> replies(64);
    together(64, [&](size_t k) { replies[k] = refresh(person.refresh_token, k % api().replicas()); });
    std::set<std::string> successors;
    for (const auto& reply : replies) {
      ASSERT_EQ(reply.status, 200) << reply.body;
      successors.insert(reply.text("refresh_token"));
    }
    EXPECT_EQ(successors, std::set{api().refresh_token(person.session, 1)});
    EXPECT_EQ(family(person, "gen"), "1");
    EXPECT_EQ(family(person, "revoked_at IS NULL"), "t");
  }
}

TEST_F(Refreshing, A1TheCrowdsSuccessorWorksAndSoDoesItsAccessToken) {
  auto person = api().add_person("crowd");
  for (int generation = 0; generation < 20; ++generation) {
    std::vector<Response> replies(8);
    together(8, [&](size_t k) { replies[k] = refresh(person.refresh_token, k % api().replicas()); });
    for (const auto& reply : replies) {
      ASSERT_EQ(reply.status, 200) << reply.body;
      ASSERT_EQ(reply.text("refresh_token"), api().refresh_token(person.session, generation + 1));
      ASSERT_EQ(api().client(1).with_token(reply.text("access_token")).get("/api/v1/users/me").status, 200);
    }
    person.refresh_token = replies[0].text("refresh_token");
    age(person, generation + 1, generation);
  }
}

TEST_F(Refreshing, A2AReplayOutsideTheGraceEndsTheFamilyAtOnce) {
  const int tries = trials(20, 1000);
  for (int i = 0; i < tries; ++i) {
    const auto person = api().add_person("replayed");
    age(person, 2, 2);
    const auto access = api().sign(api().claims(person));
    const int64_t stolen = i % 2;  // the parent, the grandparent
    const auto replay = refresh(api().refresh_token(person.session, stolen), static_cast<size_t>(i) % 3);
    ASSERT_EQ(replay.status, 401) << replay.body;
    EXPECT_EQ(replay.code(), "refresh.reused");
    // Dead, told to all replicas and audited in one transaction.
    EXPECT_EQ(
        sql.value(
            "SELECT count(DISTINCT x) FROM (SELECT xmin::text AS x FROM families WHERE id = " +
            literal(person.session) +
            " AND revoked_at IS NOT NULL UNION ALL SELECT xmin::text FROM revocations WHERE subject = " +
            literal(person.session) + " UNION ALL SELECT xmin::text FROM audit_events WHERE target_id = " +
            literal(person.session) + ") t HAVING count(*) = 3"),
        "1");
    std::vector<Response> descendants(6);
    together(6, [&](size_t k) {
      descendants[k] = refresh(api().refresh_token(person.session, 2 + static_cast<int64_t>(k) % 2), k % 3);
    });
    for (const auto& reply : descendants) EXPECT_EQ(reply.code(), "session.ended") << reply.body;
    for (size_t k = 0; k < 3; ++k) {
      wait_until("the access token is refused", [&] {
        return api().client(k).with_token(access).get("/api/v1/users/me").code() == "session.ended";
      });
    }
  }
}

TEST_F(Refreshing, A2AForgeryEndsNothing) {
  const auto person = api().add_person("forged");
  age(person, 2, 2);
  const auto genuine = api().refresh_token(person.session, 1);
  for (size_t at = 0; at < genuine.size(); ++at) {
    std::string forged = genuine;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    const auto reply = refresh(forged);
    ASSERT_EQ(reply.status, 401);
    ASSERT_EQ(reply.code(), "session.ended") << forged;
  }
  EXPECT_EQ(family(person, "revoked_at IS NULL"), "t");
  EXPECT_EQ(refresh(api().refresh_token(person.session, 2)).status, 200);
}

TEST_F(Refreshing, A2AReplayInsideTheGraceByAnotherProgramEndsTheFamily) {
  const auto person = api().add_person("thief");
  sql.run(
      "UPDATE families SET gen = 1, confirmed_gen = 1, rotated_at = now(), user_agent = 'Firefox' WHERE id "
      "= " +
      literal(person.session));
  const auto thief = api()
                         .client()
                         .with_header("User-Agent", "curl")
                         .post("/api/v1/auth/refresh", body_of(api().refresh_token(person.session, 0)));
  EXPECT_EQ(thief.code(), "refresh.reused");
  EXPECT_EQ(refresh(api().refresh_token(person.session, 1)).code(), "session.ended");
}

TEST_F(Refreshing, A2AnExpiredOrEndedFamilyGivesNothing) {
  for (const char* state : {"expires_at = now() - interval '1 second'", "revoked_at = now()"}) {
    const auto person = api().add_person("over");
    sql.run("UPDATE families SET " + std::string(state) + " WHERE id = " + literal(person.session));
    EXPECT_EQ(refresh(person.refresh_token).code(), "session.ended") << state;
  }
  const auto disabled = api().add_person("disabled");
  sql.run("UPDATE users SET disabled_at = now() WHERE id = " + literal(disabled.id));
  EXPECT_EQ(refresh(disabled.refresh_token).code(), "session.ended");
}

TEST_F(Refreshing, A2AFailoverThatLostRotationsMovesForward) {
  const auto person = api().add_person("ahead");
  age(person, 3, 3);
  const auto reply = refresh(api().refresh_token(person.session, 5));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.text("refresh_token"), api().refresh_token(person.session, 6));
  EXPECT_EQ(family(person, "gen"), "6");
}

TEST_F(Refreshing, A3ReplicasThatAreKilledWhileTheyRefreshLoseNoSession) {
  const int tries = trials(20, 60);
  for (int i = 0; i < tries; ++i) {
    std::vector<Person> people;
    for (int k = 0; k < 12; ++k) people.push_back(api().add_person("killed"));
    std::atomic<int> answered{0};
    std::vector<Response> replies(people.size());
    const size_t victim = static_cast<size_t>(i) % 3;
    together(people.size() + 1, [&](size_t k) {
      if (k == people.size()) {
        wait_until("somebody was answered", [&] { return answered > 0; });
        api().process(victim).kill();
        return;
      }
      replies[k] = refresh(people[k].refresh_token, victim);
      ++answered;
    });
    api().start(victim);
    for (size_t k = 0; k < people.size(); ++k) {
      sql.run("UPDATE families SET rotated_at = now() - interval '10 minutes' WHERE id = " +
              literal(people[k].session));
      const auto again =
          refresh(replies[k].status == 200 ? replies[k].text("refresh_token") : people[k].refresh_token,
                  (victim + 1) % 3);
      ASSERT_EQ(again.status, 200) << again.body;
      EXPECT_LE(std::stoi(family(people[k], "gen")), 2);
      EXPECT_EQ(again.text("refresh_token"),
                api().refresh_token(people[k].session, std::stoll(family(people[k], "gen"))));
    }
    api().wait_ready(victim);
  }
}

// The rotation was committed and the process died before it answered: the laptop wakes up with the old token.
TEST(RefreshingAndDying, A3AReplyThatWasLostLogsNobodyOutHoweverLongItTakes) {
  Api api(2);
  Sql sql(api.superuser_url());
  const int tries = trials(21, 1002);
  for (int i = 0; i < tries; ++i) {
    const auto person = api.add_person("asleep");
    api.environment()["STARTER_FAILPOINTS"] = "refresh.rotated=abort";
    api.process(0).kill();
    api.start(0);
    api.wait_ready(0);
    ASSERT_EQ(api.client(0).post("/api/v1/auth/refresh", body_of(person.refresh_token)).status, 0);
    ASSERT_EQ(api.process(0).wait(), 128 + SIGKILL) << api.log(0);
    const auto family = " FROM families WHERE id = " + literal(person.session);
    ASSERT_EQ(sql.value("SELECT gen" + family), "1") << "it died behind the commit";
    const char* slept[] = {"1 second", "10 minutes", "8 hours"};
    sql.run("UPDATE families SET rotated_at = rotated_at - interval '" + std::string(slept[i % 3]) +
            "' WHERE id = " + literal(person.session));
    const auto reply = api.client(1).post("/api/v1/auth/refresh", body_of(person.refresh_token));
    ASSERT_EQ(reply.status, 200) << slept[i % 3] << reply.body;
    EXPECT_EQ(reply.text("refresh_token"), api.refresh_token(person.session, 1));
    EXPECT_EQ(sql.value("SELECT gen" + family), "1");
  }
}

}  // namespace
}  // namespace starter::test
