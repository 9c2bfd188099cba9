// The development stack: which parts there are, and the way from nothing to ready.
#pragma once

#include <string>
#include <vector>

#include "dev/postgres.h"
#include "dev/settings.h"
#include "dev/supervisor.h"

namespace starter::console::dev {

/// Everything that the steps of `up` need to know, read once.
struct Stack {
  const Workspace& workspace;
  const Terminal& terminal;
  Ports ports;
  Environment secrets;
  ServiceSettings settings;
  std::optional<RunAs> as;

  static Outcome<Stack> open(const Workspace& workspace, const Terminal& terminal, Ports ports);
};

Postgres postgres_of(const Stack& stack);
Outcome<Part> postgres_part(const Stack& stack);
Outcome<Part> redis_part(const Stack& stack);
Outcome<Part> mail_part(const Stack& stack);
Part api_part(const Stack& stack);
Part worker_part(const Stack& stack);
Part web_part(const Stack& stack, const fs::path& server);

/// The parts' names in start order, with title and address.
struct PartFacts {
  std::string name, title, address;
  int port;
};
std::vector<PartFacts> part_facts(const Ports& ports);

/// Starts Postgres, with its owner role and database, and Redis.
Outcome<> start_stores(const Stack& stack, Supervisor& supervisor);

/// Runs a sub-command of the API binary to its end ("migrate", "seed --demo"), its output in var/dev/logs.
Outcome<> run_api(const Stack& stack, const std::vector<std::string>& arguments);

struct UpChoices {
  bool build = true;
  bool demo = true;  // demo accounts, which a hosted service refuses to make
};

/// From nothing, or from any state, to all parts ready. Ctrl-C or a failure stops what it started.
Outcome<> bring_up(const Stack& stack, const UpChoices& choices);

}  // namespace starter::console::dev
