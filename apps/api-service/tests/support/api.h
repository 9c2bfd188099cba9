// A migrated database of its own and real API processes on it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "starter/testing/servers.h"
#include "support/client.h"

namespace starter::test {

/// A person with a confirmed address, signed in.
struct Person {
  std::string email, password, id, access_token, refresh_token, device_token;
};

struct TenantOf {
  std::string id, slug;
  Person owner;  // its access token is for this tenant
};

/// The environment of the service under test, without ports. Override entries before start().
std::map<std::string, std::string> service_environment(const std::string& database);

class Api {
 public:
  /// Creates a database with roles of its own in the shared Postgres, migrates it, and starts `replicas`
  /// processes.
  explicit Api(size_t replicas = 1, std::map<std::string, std::string> overrides = {});
  ~Api();

  Client client(size_t replica = 0) const;
  int port(size_t replica = 0) const { return ports_[replica]; }
  Process& process(size_t replica = 0) { return processes_[replica]; }
  void start(size_t replica);
  void wait_ready(size_t replica = 0);
  std::string log(size_t replica = 0) const;

  /// One value as the superuser, past all policies.
  std::string sql(const std::string& statement) const;
  /// URL for a role of this database: "owner", "app" or "worker".
  std::string url(const std::string& role) const;
  std::string superuser_url() const { return shared_postgres().url(database_); }
  const std::map<std::string, std::string>& environment() const { return environment_; }
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

 private:
  TemporaryFolder folder_;
  std::string database_;
  std::map<std::string, std::string> environment_;
  std::vector<int> ports_;
  std::vector<Process> processes_;
};

}  // namespace starter::test
