// A migrated database of its own and real API processes on it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "starter/crypto/jwt.h"
#include "starter/testing/servers.h"
#include "support/client.h"
#include "support/sql.h"

namespace starter::test {

/// A person with a confirmed address, signed in.
struct Person {
  std::string email, password, id, access_token, refresh_token, device_token;
  std::string session{};  // of people who were added without HTTP
};

struct TenantOf {
  std::string id, slug;
  Person owner;  // its access token is for this tenant
};

/// The service under test: the one of this build, or STARTER_API_BINARY (a build with sanitizers).
std::string api_binary();

/// An empty database in `postgres` whose owner may migrate it; its name.
std::string make_database(PostgresServer& postgres = shared_postgres());

/// The environment of the service under test, without ports. Override entries before start().
std::map<std::string, std::string> service_environment(const std::string& database,
                                                       PostgresServer& postgres = shared_postgres());

class Api {
 public:
  /// Creates a database with roles of its own in `postgres`, migrates it, and starts `replicas` processes on
  /// one keyset.
  explicit Api(size_t replicas = 1, std::map<std::string, std::string> overrides = {},
               PostgresServer& postgres = shared_postgres());
  ~Api();

  Client client(size_t replica = 0) const;
  /// Of the port for the inside: /metrics and probes.
  Client inside(size_t replica = 0) const;
  int port(size_t replica = 0) const { return ports_[replica]; }
  Process& process(size_t replica = 0) { return processes_[replica]; }
  void start(size_t replica = 0);
  void wait_ready(size_t replica = 0);
  std::string log(size_t replica = 0) const;

  /// One value as the superuser, past all policies.
  std::string sql(const std::string& statement) const;
  std::vector<Sql::Row> rows(const std::string& statement) const;
  /// URL for a role of this database: "owner", "app" or "worker".
  std::string url(const std::string& role) const;
  /// The superuser's URL of this database.
  std::string superuser_url() const { return postgres_.url(database_); }
  const std::string& database() const { return database_; }
  /// Changes take effect when a replica is started again.
  std::map<std::string, std::string>& environment() { return environment_; }
  size_t replicas() const { return ports_.size(); }
  std::string keyset_path() const { return environment_.at("AUTH_KEY_STORAGE_PATH"); }
  std::filesystem::path folder() const { return folder_.path(); }

  /// The token of the newest verification mail to this address, as the worker would derive it.
  std::string verification_token(const std::string& email) const;
  std::string reset_token(const std::string& email) const;
  std::string invite_token(const std::string& email) const;

  /// Signs up, verifies and signs in over HTTP.
  Person person(const std::string& name);
  void sign_in(Person& person, const std::string& tenant_slug = "");
  TenantOf tenant(const std::string& name);
  /// Invites and joins; the person's token is for the tenant afterwards.
  Person member(const TenantOf& tenant, const std::string& name, const std::string& role);

  // The same straight into the database: no mails, no limits, no hash for each person. The tokens are signed
  // with the service's own key and peppers, so the service can't tell the difference.
  Person add_person(const std::string& name);
  TenantOf add_tenant(const std::string& name);
  Person add_member(const TenantOf& tenant, const std::string& name, const std::string& role);
  /// What a token of this person says right now; with a tenant, as a member of it.
  crypto::AccessClaims claims(const Person& person, const std::string& tenant_id = "") const;
  /// Signed with the active key of the service.
  std::string sign(const crypto::AccessClaims& claims) const;
  /// An order for a token of a service account "robot" of this tenant, made when there is none, for an hour;
  /// change what the test is about.
  boost::json::object token_order(const TenantOf& tenant, const std::string& scope = "projects:read") const;
  /// The body that carries it, with the proof of `secret` (the service's own without one).
  std::string signed_order(const boost::json::object& order, const std::string& secret = "") const;
  /// Orders it and answers {token, id, account_id, ...}.
  boost::json::value service_token(const boost::json::object& order) const;
  /// Of any generation of a person's session.
  std::string refresh_token(const std::string& session, int64_t generation) const;

 private:
  PostgresServer& postgres_;
  TemporaryFolder folder_;
  std::string database_;
  std::map<std::string, std::string> environment_;
  std::vector<int> ports_, inside_ports_;
  std::vector<Process> processes_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Sql> session_;  // of sql(); made again when Postgres was away
};

/// The base of tests that share an Api, which ends with their suite.
template <class Suite, size_t Replicas = 1>
class WithApi : public testing::Test {
 protected:
  static Api& api() {
    if (!shared_) shared_ = std::make_unique<Api>(Replicas);
    return *shared_;
  }
  static void TearDownTestSuite() { shared_.reset(); }

 private:
  static inline std::unique_ptr<Api> shared_;
};

}  // namespace starter::test
