// A deployment for the operator's commands: a database of its own in a real Postgres, keys and settings in a
// folder that is gone at the end of the test, and the real starter-api beside the console.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "starter/testing/servers.h"
#include "tests/support.h"

namespace starter::console::testing {

class Deployment {
 public:
  /// A folder and settings; the database is made when a URL is first asked for.
  Deployment();

  /// The console with these words, in this deployment.
  Ran run(const std::vector<std::string>& words, std::map<std::string, std::string> more = {}) const;

  /// Adds an empty database with its owner; its services' users come with the first release.
  void add_database();

  /// One value as the superuser, past all policies.
  std::string sql(const std::string& statement) const;

  /// Everything that its tables hold, as one value.
  std::string rows() const;

  std::map<std::string, std::string>& environment() { return environment_; }
  const fs::path& folder() const { return folder_.path(); }
  /// The lines of the console's audit log.
  std::vector<std::string> audit_lines() const;

 private:
  TemporaryFolder folder_;
  std::string database_;
  std::map<std::string, std::string> environment_;
};

/// The reply to one JSON request: status and body.
struct HttpAnswer {
  int status = 0;
  std::string body;
};
HttpAnswer post_json(int port, const std::string& path, const std::string& body,
                     const std::string& bearer = "");

}  // namespace starter::console::testing
