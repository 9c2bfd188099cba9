// What suites need around them: a short-lived Postgres and Redis, a whole stack on free ports, or one as it
// is hosted, behind a proxy that speaks TLS. It is gone when the object is.
#pragma once

#include <memory>

#include "dev/stack.h"
#include "dev/suites.h"
#include "dev/supervisor.h"

namespace starter::console::dev {

class TestNeeds {
 public:
  /// Starts what any of the suites asks for, below `folder`, which is removed in the end.
  static Outcome<std::unique_ptr<TestNeeds>> start(const Workspace& workspace, const Terminal& terminal,
                                                   const std::vector<Suite>& suites, const fs::path& folder);
  ~TestNeeds();
  TestNeeds(const TestNeeds&) = delete;
  TestNeeds& operator=(const TestNeeds&) = delete;

  const fs::path& folder() const { return folder_; }

  /// Variables that tell a suite where they are.
  const Environment& environment() const { return environment_; }

 private:
  TestNeeds(const Terminal& terminal, fs::path folder) : terminal_(terminal), folder_(std::move(folder)) {}
  Outcome<> start_stores(const Workspace& workspace);
  Outcome<> start_stack(const Workspace& workspace);
  Outcome<> start_https_stack(const Workspace& workspace);
  Outcome<> start_proxy(const Stack& stack, int port);
  void tell_addresses(const Stack& stack, const std::string& prefix);

  const Terminal& terminal_;
  fs::path folder_;
  Environment environment_;
  std::vector<std::pair<ProcessId, int>> processes_;  // with the signal that ends them
  std::vector<std::unique_ptr<Workspace>> stacks_;
  std::vector<fs::path> sockets_;
};

}  // namespace starter::console::dev
