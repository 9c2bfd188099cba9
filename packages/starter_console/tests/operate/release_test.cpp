// release db and users on a real Postgres, with the real starter-api.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <csignal>
#include <memory>
#include <regex>
#include <set>

#include "frame/help.h"
#include "operate/configuration.h"
#include "operate/people.h"
#include "system/http.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
namespace json = boost::json;

TEST(Release, A001_68_A003_30_AppliesWhatIsMissingVerifiesItAndTellsInAReport) {
  Deployment deployment;
  deployment.add_database();
  const auto planned = deployment.run({"release", "db", "--dry-run", "--json"});
  ASSERT_EQ(planned.status, 0) << planned.out;
  EXPECT_GT(json::parse(planned.out).at("plan").as_array().size(), 3u);
  EXPECT_EQ(deployment.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0")
      << "nothing was changed";

  const auto released = deployment.run({"release", "db", "--json"});
  ASSERT_EQ(released.status, 0) << released.out << released.err;
  const auto reply = json::parse(released.out);
  EXPECT_TRUE(reply.at("passed").as_bool());
  EXPECT_EQ(std::to_string(reply.at("applied").as_array().size()),
            deployment.sql("SELECT count(*) FROM schema_migrations"));
  const auto report = read_file(std::string(reply.at("report").as_string()));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(json::parse(*report).at("verification").as_array().size(), 4u);
  EXPECT_EQ(report->find("password-of-tests"), std::string::npos) << "no secret in a report";

  const auto again = deployment.run({"release", "db"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("no change"));
}

TEST(Release, FailsWhenTheResultIsNotWhatItMustBe) {
  Deployment deployment;
  deployment.add_database();
  ASSERT_EQ(deployment.run({"release", "db"}).status, 0);
  deployment.sql("ALTER TABLE users NO FORCE ROW LEVEL SECURITY");
  const auto open = deployment.run({"release", "db"});
  EXPECT_EQ(open.status, 3);
  EXPECT_THAT(open.out, HasSubstr("not forced on: users"));
  deployment.sql("UPDATE schema_migrations SET checksum = 'other'");
  const auto changed = deployment.run({"release", "db"});
  EXPECT_EQ(changed.status, 1);
  EXPECT_THAT(changed.err, HasSubstr("was changed after it had been applied"));
}

TEST(Release, TellsRefusedCredentialsFromAnAbsentServerAndAMissingProgram) {
  Deployment deployment;
  deployment.add_database();
  const auto url = deployment.environment()["MIGRATE_DATABASE_URL"];
  auto wrong = url;
  wrong.replace(wrong.find("password-of-tests"), 17, "not-this-one");
  const auto refused = deployment.run({"release", "db"}, {{"MIGRATE_DATABASE_URL", wrong}});
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_EQ(refused.err.find("not-this-one"), std::string::npos);
  const auto absent =
      deployment.run({"release", "db"}, {{"MIGRATE_DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c"}});
  EXPECT_EQ(absent.status, 1);
  EXPECT_EQ(deployment.run({"release", "db"}, {{"STARTER_API", "/nonexistent/starter-api"}}).status, 5);
  EXPECT_EQ(deployment.run({"release", "db", "--env-file", "/nonexistent"}).status, 5);
}

// The page that an operator follows at a release: each command as it stands there, each exit status as the
// page says.
class ReleaseRunbook : public ::testing::Test {
 protected:
  ReleaseRunbook() {
    deployment.add_database();
    std::string text;
    for (const auto& [name, value] : deployment.environment()) {
      if (name != "STARTER_ROOT") text += name + "=" + value + "\n";
    }
    EXPECT_TRUE(write_file(deployment.folder() / "api.env", text).has_value());
    page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/ops/runbook-release.md");
  }
  /// A line of the page, in the folder with api.env, where nothing else is set.
  Ran type(const std::string& line, std::map<std::string, std::string> more = {}) const {
    const auto folder = fs::path(STARTER_CONSOLE_BINARY).parent_path().string();
    more.insert({{"PATH", folder + ":" + std::getenv("PATH")}, {"STARTER_ROOT", ""}});
    const auto ran =
        run_process({.argv = {"sh", "-c", line}, .environment = more, .folder = deployment.folder()},
                    std::chrono::seconds(120));
    return {ran ? ran->status : -1, ran ? ran->output : "", ""};
  }
  Deployment deployment;
  std::string page;
};

TEST_F(ReleaseRunbook, R000_13ItsCommandsDoWhatThePageSays) {
  std::vector<std::string> commands;
  const std::regex fence("```bash\n([^`]*)```");
  for (std::sregex_iterator at(page.begin(), page.end(), fence), end; at != end; ++at) {
    std::istringstream lines((*at)[1].str());
    for (std::string line; std::getline(lines, line);) {
      if (const auto start = line.find_first_not_of(' '); start != line.npos)
        commands.push_back(line.substr(start));
    }
  }
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_EQ(type(commands[0]).status, 0);
  EXPECT_EQ(deployment.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  EXPECT_FALSE(fs::exists(deployment.folder() / "var/reports")) << "nothing is written";
  const auto applied = type(commands[1]);
  EXPECT_EQ(applied.status, 0) << applied.out;
  int reports = 0;
  for (const auto& entry : fs::directory_iterator(deployment.folder() / "var/reports")) {
    if (entry.path().extension() != ".json") continue;
    ++reports;
    EXPECT_THAT(entry.path().filename().string(), StartsWith("release-db-"));
    const auto report = json::parse(*read_file(entry.path()));
    for (const auto* member : {"applied", "who", "output", "verification"})
      EXPECT_TRUE(report.as_object().contains(member)) << member;
  }
  EXPECT_EQ(reports, 1);
  EXPECT_THAT(type(commands[1]).out, HasSubstr("no change"));
}

TEST_F(ReleaseRunbook, R000_13ItsTableOfExitStatusesIsWhole) {
  std::set<int> described, seen;
  const std::regex row("\n\\| ([0-9]+) \\|");
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at)
    described.insert(std::stoi((*at)[1].str()));
  const std::string release = "starter-console release db --env-file api.env";
  const auto expect = [&](int status, const Ran& ran, const char* says) {
    EXPECT_EQ(ran.status, status) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr(says));
    seen.insert(ran.status);
  };
  auto wrong = deployment.environment()["MIGRATE_DATABASE_URL"];
  wrong.replace(wrong.find("password-of-tests"), 17, "not-this-one");
  expect(4, type(release, {{"MIGRATE_DATABASE_URL", wrong}}), "refuses the user of MIGRATE_DATABASE_URL");
  expect(1, type(release, {{"MIGRATE_DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c"}}), "can't be reached");
  expect(1, type("starter-console release db --env-file /dev/null"), "MIGRATE_DATABASE_URL");
  expect(2, type(release + " --tiemout 3"), "--timeout");
  expect(5, type(release, {{"STARTER_API", "/nonexistent/starter-api"}}), "STARTER_API");
  expect(5, type(release + ".old"), "api.env.old");
  EXPECT_EQ(deployment.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0")
      << "nothing was begun";
  ASSERT_EQ(type(release).status, 0);

  const auto path = deployment.folder() / "var/reports/release-db.lock";
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  expect(6, type(release), "Another release of the schema runs.");
  // What Ctrl-C does to one that waits; the page's other case, in the middle of a migration, is the
  // migrator's own.
  expect(130, type("timeout --preserve-status -s INT 1 " + release + " --wait 60"), "Stopped.");
  ::close(lock);

  deployment.sql("ALTER TABLE users NO FORCE ROW LEVEL SECURITY");
  expect(3, type(release), "not forced on: users");
  deployment.sql("UPDATE schema_migrations SET checksum = 'other'");
  expect(1, type(release), "was changed after it had been applied");
  EXPECT_EQ(seen, described);
  for (const auto exit : exits_of(*find_command("release db"))) {
    if (exit != Exit::ok) EXPECT_TRUE(described.contains(static_cast<int>(exit))) << static_cast<int>(exit);
  }
}

class People : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {  // for all of them: migrating takes a while
    shared = std::make_unique<Deployment>();
    shared->add_database();
    ASSERT_EQ(shared->run({"release", "db"}).status, 0);
  }
  static void TearDownTestSuite() { shared.reset(); }
  static Deployment& deployment() { return *shared; }
  json::value owner(std::vector<std::string> words) {
    words.insert(words.begin(), {"users", "create-owner", "--json"});
    const auto ran = deployment().run(words);
    EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
    return json::parse(ran.out);
  }
  static std::string token_of(const json::value& made) {
    const std::string link(made.at("link").as_string());
    return link.substr(link.find_last_of("=/") + 1);
  }

 private:
  inline static std::unique_ptr<Deployment> shared;
};

TEST_F(People, TheFirstOwnerChoosesAPasswordByTheLinkAndOwnsTheTenant) {
  const auto made = owner({"--email", "Ada@Example.com", "--tenant", "Account"});
  EXPECT_THAT(std::string(made.at("link").as_string()), StartsWith("http://localhost:3000/reset?token="));
  EXPECT_EQ(made.at("tenant_slug"), "account-team") << "/account is a page";
  EXPECT_EQ(deployment().sql("SELECT role FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email "
                             "= 'ada@example.com'"),
            "owner");
  EXPECT_EQ(deployment().sql("SELECT count(*) FROM audit_events WHERE action IN ('owner.created', "
                             "'tenant.created', 'member.joined')"),
            "3");

  auto environment = deployment().environment();
  const int port = test::free_port();
  environment["PORT"] = std::to_string(port);
  environment["METRICS_PORT"] = std::to_string(test::free_port());
  ASSERT_EQ(deployment().run({"auth", "keys", "generate"}).status, 0);
  test::Process api({.arguments = {STARTER_API_BINARY, "serve"},
                     .environment = environment,
                     .log = deployment().folder() / "api.log"});
  test::wait_until("the API is ready", [&] {
    const auto ready =
        http_get("http://127.0.0.1:" + std::to_string(port) + "/health/ready", std::chrono::seconds(2));
    return ready && ready->status == 200;
  });
  const std::string password = "correct horse battery staple";
  const auto before = post_json(port, "/api/v1/auth/sign-in",
                                R"({"email":"ada@example.com","password":")" + password + "\"}");
  EXPECT_EQ(before.status, 401) << "no password opens the account yet";
  const auto body = R"({"token":")" + token_of(made) + R"(","password":")" + password + "\"}";
  const auto chosen = post_json(port, "/api/v1/auth/reset", body);
  EXPECT_EQ(chosen.status / 100, 2) << chosen.body;
  EXPECT_EQ(post_json(port, "/api/v1/auth/reset", body).status / 100, 4) << "the link works once";
  const auto in = post_json(port, "/api/v1/auth/sign-in",
                            R"({"email":"ada@example.com","password":")" + password + "\"}");
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(json::parse(in.body).at("tenant").at("role"), "owner");

  const auto again = owner({"--email", "ada@example.com", "--tenant", "Account"});
  EXPECT_TRUE(again.at("plan").as_array().empty()) << "she is all that already";
  const auto second = owner({"--email", "ada@example.com", "--tenant", "Second"});
  const std::string link(second.at("link").as_string());
  EXPECT_THAT(link, StartsWith("http://localhost:3000/invite/"));
  EXPECT_EQ(owner({"--email", "ada@example.com", "--tenant", "Second"}).at("link"), second.at("link"))
      << "the same link again";
  const std::string access(json::parse(in.body).at("access_token").as_string());
  const auto joined =
      post_json(port, "/api/v1/auth/invites/accept", R"({"token":")" + token_of(second) + "\"}", access);
  EXPECT_EQ(joined.status, 200) << joined.body;
  api.signal(SIGTERM);
  api.wait();
}

TEST_F(People, AnUnusedLinkIsReplacedByAFreshOne) {
  const auto first = owner({"--email", "bob@example.com", "--name", "Bob"});
  const auto second = owner({"--email", "bob@example.com"});
  EXPECT_NE(first.at("link"), second.at("link"));
  EXPECT_EQ(deployment().sql("SELECT count(*) FROM password_resets r JOIN users u ON u.id = r.user_id "
                             "WHERE u.email = 'bob@example.com' AND r.consumed_at IS NULL"),
            "1");
  EXPECT_EQ(deployment().sql("SELECT display_name FROM users WHERE email = 'bob@example.com'"), "Bob");
}

TEST_F(People, ADryRunWritesNothing) {
  const auto planned = owner({"--email", "nobody@example.com", "--tenant", "Planned", "--dry-run"});
  EXPECT_EQ(planned.at("plan").as_array().size(), 3u);
  EXPECT_TRUE(planned.at("link").is_null());
  EXPECT_EQ(deployment().sql("SELECT count(*) FROM users WHERE email = 'nobody@example.com'"), "0");
  EXPECT_EQ(deployment().sql("SELECT count(*) FROM tenants WHERE name = 'Planned'"), "0");
}

TEST_F(People, AnOperatorIsGrantedOnceWithTheReasonInTheAuditLog) {
  owner({"--email", "eve@example.com"});
  const std::vector<std::string> grant{"users",           "grant-operator", "--email",
                                       "eve@example.com", "--reason",       "on call"};
  ASSERT_EQ(deployment().run(grant).status, 0);
  EXPECT_EQ(deployment().sql("SELECT operator_since IS NOT NULL FROM users WHERE email = 'eve@example.com'"),
            "t");
  EXPECT_EQ(deployment().sql("SELECT payload->>'reason' FROM audit_events WHERE action = 'operator.granted'"),
            "on call");
  EXPECT_THAT(deployment().run(grant).out, HasSubstr("no change"));
  EXPECT_EQ(deployment().sql("SELECT count(*) FROM audit_events WHERE action = 'operator.granted'"), "1");
  EXPECT_EQ(deployment()
                .run({"users", "grant-operator", "--email", "no@example.com", "--reason", "on call"})
                .status,
            5);
  EXPECT_EQ(
      deployment().run({"users", "grant-operator", "--email", "eve@example.com", "--reason", "x"}).status, 2);
}

TEST(PeopleWithoutSchema, AreRefusedWithTheCommandThatMakesIt) {
  Deployment empty;
  empty.add_database();
  for (const auto& words : {std::vector<std::string>{"users", "create-owner", "--email", "a@example.com"},
                            {"users", "grant-operator", "--email", "a@example.com", "--reason", "on call"}}) {
    const auto refused = empty.run(words);
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(refused.err, HasSubstr("fix: starter-console release db"));
  }
}

TEST(TenantAddress, IsReadableAndNeverAPage) {
  EXPECT_EQ(operate::slug_from("Acme & Co.", {}), "acme-co");
  EXPECT_EQ(operate::slug_from("42", {}), "team");
  EXPECT_EQ(operate::slug_from("Account", {"account"}), "account-team");
}

TEST(DatabaseAddress, IsShownWithoutPasswordAndQuery) {
  EXPECT_EQ(operate::without_password("postgresql://a:b:c@db.example:5432/x?sslkey=k"),
            "postgresql://a@db.example:5432/x");
  EXPECT_EQ(operate::without_password("postgresql://db.example/x"), "postgresql://db.example/x");
}

}  // namespace starter::console::testing
