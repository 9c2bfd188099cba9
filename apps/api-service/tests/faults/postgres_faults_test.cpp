// Postgres that can't be reached, can't write, has no room, is replaced by its standby, or has another
// password: what was acknowledged is there once, and the service comes back by itself.
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "faults/load.h"
#include "support/proxy.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

constexpr size_t kClients = 4;

/// The same URL at another port.
std::string at_port(const std::string& url, int port) {
  const size_t host = url.rfind("127.0.0.1:") + 10;
  return url.substr(0, host) + std::to_string(port) + url.substr(url.find('/', host));
}

/// The application reaches Postgres through a proxy; the test itself does not.
class PostgresFaults : public testing::Test {
 protected:
  PostgresFaults() {
    api_.environment()["DATABASE_URL"] = at_port(api_.url("app"), proxy_.port());
    restart();
  }
  void restart() {
    if (api_.process().id() > 0) {
      api_.process().signal(SIGTERM);
      api_.process().wait();
    }
    api_.start();
    api_.wait_ready();
  }
  int ready() const { return api_.client().get("/health/ready").status; }
  Client owner() const { return api_.client().with_token(tenant_.owner.access_token); }

  /// Between the two the service refuses; afterwards it recovers by itself, with nothing lost or doubled.
  void expect_recovery(const std::function<void()>& begin, const std::function<void()>& end) {
    Load load(owner(), tenant_.id, kClients);
    const int rounds = trials(4, 20);
    for (int round = 0; round < rounds; ++round) {
      SCOPED_TRACE("round " + std::to_string(round));
      wait_until("every client has been answered", [&] { return load.steady(5); });
      const auto failures = load.failures();
      begin();
      wait_until("a client is refused", [&] { return load.failures() > failures; });
      end();
      wait_until("it has recovered", [&] { return ready() == 200 && load.steady(10); }, 15s);
    }
    load.stop();
    load.settle();
    load.expect_each_applied_once(api_);
    std::printf("  %zu posts, %zu failed attempts, first: %s\n", load.answered(), load.failures(),
                load.first_failure().c_str());
  }

  PostgresServer postgres_;
  Proxy proxy_{postgres_.port()};
  Api api_{1, {}, postgres_};
  TenantOf tenant_ = api_.add_tenant("Faults");
};

TEST_F(PostgresFaults, P19ANetworkThatCarriesNothingAndComesBack) {
  expect_recovery([&] { proxy_.hold(true); }, [&] { proxy_.hold(false); });
}

TEST_F(PostgresFaults, P19ANetworkThatLosesEveryConnection) {
  expect_recovery(
      [&] {
        proxy_.refuse(true);
        proxy_.cut();
      },
      [&] { proxy_.refuse(false); });
}

TEST_F(PostgresFaults, P19AServerThatOnlyReads) {
  Sql superuser(postgres_.url());
  const auto read_only = [&](const std::string& on) {
    superuser.run("SET default_transaction_read_only = off");
    superuser.run("ALTER SYSTEM SET default_transaction_read_only = " + on);
    superuser.run("SELECT pg_reload_conf()");
  };
  expect_recovery([&] { read_only("on"); }, [&] { read_only("off"); });
}

// libpq reads the password file at every connection, so a new password needs no restart.
TEST_F(PostgresFaults, P19APasswordThatIsRotatedLive) {
  const auto file = (api_.folder() / "passwords").string();
  const auto role = api_.database() + "_app";
  const auto write = [&](const std::string& password) {
    std::ofstream(file + ".new") << "127.0.0.1:*:*:" << role << ":" << password << "\n";
    std::filesystem::permissions(file + ".new",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(file + ".new", file);
  };
  write("password-of-tests");
  api_.environment()["DATABASE_URL"] = "postgresql://" + role +
                                       "@127.0.0.1:" + std::to_string(proxy_.port()) + "/" + api_.database() +
                                       "?passfile=" + file;
  restart();
  int rotation = 0;
  std::string password;
  expect_recovery(
      [&] {
        password = "rotated-" + std::to_string(++rotation);
        api_.sql("ALTER ROLE " + role + " PASSWORD " + literal(password));
        proxy_.cut();  // sessions outlive a rotation; new ones need the new password
      },
      [&] { write(password); });
}

/// A file system of a few MiB for one table's space, so that it fills without harming anyone else.
class SmallDisk {
 public:
  SmallDisk() {
    const passwd* user = ::getpwnam("postgres");
    if (::getuid() != 0 || !user) return;
    const auto options =
        "size=4m,mode=0700,uid=" + std::to_string(user->pw_uid) + ",gid=" + std::to_string(user->pw_gid);
    mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::string path() const { return folder_.path().string(); }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

class PostgresWithoutRoom : public PostgresFaults {
 protected:
  SmallDisk disk_;
};

TEST_F(PostgresWithoutRoom, P19AFullDisk) {
  if (!disk_.mounted()) GTEST_SKIP() << "a file system of its own needs root and the right to mount";
  Sql superuser(api_.superuser_url());
  superuser.run("CREATE TABLESPACE small LOCATION " + literal(disk_.path()));
  superuser.run("ALTER TABLE projects SET TABLESPACE small");
  const auto ballast = disk_.path() + "/ballast";
  expect_recovery(
      [&] {
        std::ofstream file(ballast);
        while (file << std::string(4096, 'x') << std::flush) {
        }
      },
      [&] { std::filesystem::remove(ballast); });
}

/// A standby that streams from the first server and takes over.
class Standby {
 public:
  explicit Standby(const PostgresServer& primary) : port_(free_port()) {
    const auto data = (folder_.path() / "data").string();
    const Command copy{.arguments = {postgres_program("pg_basebackup"), "-h", "127.0.0.1", "-p",
                                     std::to_string(primary.port()), "-U", "postgres", "-D", data, "-R", "-X",
                                     "stream", "-c", "fast", "--no-sync"},
                       .log = folder_.path() / "copy.log",
                       .unprivileged = true};
    if (run(copy) != 0) throw std::runtime_error("pg_basebackup failed");
    process_ =
        Process({.arguments = {postgres_program("postgres"), "-D", data, "-p", std::to_string(port_), "-k",
                               folder_.path().string(), "-h", "127.0.0.1", "-F", "-c", "max_connections=200"},
                 .log = folder_.path() / "postgres.log",
                 .unprivileged = true});
    wait_until("the standby answers", [&] {
      return run({.arguments = {postgres_program("pg_isready"), "-h", "127.0.0.1", "-p",
                                std::to_string(port_)}}) == 0;
    });
  }
  ~Standby() {
    process_.signal(SIGQUIT);
    process_.kill();
  }
  int port() const { return port_; }

 private:
  TemporaryFolder folder_;
  int port_;
  Process process_;
};

TEST_F(PostgresFaults, P19AStandbyThatIsPromoted) {
  const Standby standby(postgres_);
  const auto standby_url = at_port(api_.superuser_url(), standby.port());
  auto there = std::make_unique<Sql>(standby_url);
  Sql here(postgres_.url());
  // Acknowledged means that the standby has it: only then may it take over without loss.
  here.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
  here.run("SELECT pg_reload_conf()");
  wait_until("the standby is synchronous", [&] {
    return here.value("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1";
  });
  // Both servers in one URL; the service takes the one that writes.
  const auto app = api_.url("app");
  const size_t port = app.rfind(':');
  api_.environment()["DATABASE_URL"] = app.substr(0, port) + ":" + std::to_string(postgres_.port()) +
                                       ",127.0.0.1:" + std::to_string(standby.port()) +
                                       app.substr(app.find('/', port));
  restart();
  Load load(owner(), tenant_.id, kClients);
  wait_until("every client has been answered", [&] { return load.steady(20); });
  postgres_.crash();
  there->run("SELECT pg_promote(true, 30)");
  wait_until("it has recovered", [&] { return ready() == 200 && load.steady(10); });
  load.stop();
  load.settle();
  there = std::make_unique<Sql>(standby_url);
  load.expect_each_applied_once(*there);
}

}  // namespace
}  // namespace starter::test
