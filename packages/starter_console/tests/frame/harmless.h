// How each command is run where it can do no harm: a deployment with a released database and keys, a clone in
// name only.
#pragma once

#include <map>

#include "tests/frame/every_command.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

struct Harmless {
  std::vector<std::string> words;
  int status = 0;
  const char* elsewhere = nullptr;  // why it is not run here: the test that does
};

const std::map<std::string_view, Harmless>& harmless();

/// One for the whole process: migrating takes a while.
Deployment& shared_deployment();

/// Those that harmless() runs itself.
std::vector<const Command*> run_commands();

class EveryHarmlessRun : public EveryCommand {
 protected:
  void SetUp() override;
  /// Its words with those of harmless() and more.
  std::vector<std::string> typed(const std::vector<std::string>& more) const;
  Ran run(const std::vector<std::string>& more) const;
  /// It is among its exits; expect_declared() wants that of harmless(), too.
  void expect_declared_anywhere(int status) const;
  void expect_declared(int status) const;
  Harmless how;
};

}  // namespace starter::console::testing
