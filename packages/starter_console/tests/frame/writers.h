// One good case of every command that writes, on real parts: what it needs is set up first.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "starter/testing/aws_server.h"
#include "tests/operate/deployment.h"
#include "tests/operate/smtp_peer.h"
#include "tests/setup/operator.h"
#include "tests/snapshot.h"

namespace starter::console::testing {

/// An operator's folder without a clone, with what a case adds.
struct Place {
  Place() = default;
  /// With a database whose schema is released, unless it is to be `empty`.
  void add_database(bool empty = false);
  void set_up(const std::string& profile, const std::string& preset) const;
  Ran run(const std::vector<std::string>& words) const { return someone.run(words, environment); }
  void must(const std::vector<std::string>& words) const;

  Operator someone;
  std::map<std::string, std::string> environment{{"STARTER_API", STARTER_API_BINARY}};
  std::unique_ptr<Deployment> deployment;
  std::unique_ptr<test::AwsServer> aws;
  std::unique_ptr<SmtpPeer> mail;
  std::vector<std::string> words;  // of a case that knows them only now
};

/// How the command is told a file's name without a folder, which is then where it writes.
struct BareName {
  std::vector<std::string> words;
  std::string file;
  std::string before = {};  // what the file says before; empty: it isn't there
};

struct WriterCase {
  std::vector<std::string> words;            // behind the name; --dry-run is added
  std::function<void(Place&)> prepare = {};  // the set-up it needs
  const char* repeats = nullptr;             // why a second run does something again
  std::vector<std::string> open = {};        // what everybody may read, as it ends
  int planned = 0, again = 0;                // the statuses of a dry run and of the second run
  bool outside = false;                      // what it changes is not on this machine
  const char* elsewhere = nullptr;           // the tests that run it, where this one can't
  std::optional<BareName> bare = {};         // of one that takes the path of what it writes
};

const std::map<std::string_view, WriterCase>& writer_cases();

}  // namespace starter::console::testing
