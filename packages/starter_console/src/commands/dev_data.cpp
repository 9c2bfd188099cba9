// ./dev db: the stack's database.
#include <boost/json.hpp>
#include <iostream>

#include "commands/groups.h"
#include "dev/builder.h"
#include "dev/stack.h"
#include "frame/invocation.h"
#include "frame/terminal.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;

namespace {

constexpr std::string_view kDocs = "docs/development.md";
constexpr std::string_view kDatabase = "starter";

Outcome<Stack> stack_with_stores(const Workspace& workspace, const Terminal& terminal) {
  CHECKED(workspace.prepare());
  auto stack = CHECKED(Stack::open(workspace, terminal, workspace.ports()));
  Supervisor supervisor(workspace, terminal);
  CHECKED(write_settings(workspace, stack.settings, stack.secrets));
  CHECKED(start_stores(stack, supervisor));
  return stack;
}

Outcome<Reply> psql(const Invocation&, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto stack = CHECKED(stack_with_stores(workspace, terminal));
  json::object data{{"host", "127.0.0.1"},
                    {"port", stack.ports.postgres()},
                    {"database", kDatabase},
                    {"user", "starter_owner"},
                    {"password_file", (workspace.state() / "env/api.env").string()}};
  if (terminal.json()) return Reply{.data = data};
  const auto status =
      CHECKED(run_attached({.argv = {"psql", "-h", "127.0.0.1", "-p", std::to_string(stack.ports.postgres()),
                                     "-U", "starter_owner", std::string(kDatabase)},
                            .environment = {{"PGPASSWORD", stack.secrets.at("OWNER_PASSWORD")}}}));
  return Reply{.data = data, .exit = status == 0 ? Exit::ok : Exit::failed};
}

Outcome<Reply> run_and_tell(const Invocation& invocation, const Terminal& terminal,
                            const std::vector<std::string>& arguments) {
  const auto workspace = CHECKED(Workspace::find());
  const auto log = workspace.log(arguments[0]).string();
  if (invocation.dry_run())
    return Reply{.data = {{"dry_run", true}, {"log", log}},
                 .text = "Would run starter-api " + arguments[0] + "."};
  const auto lock = CHECKED(lock_stack(workspace, CHECKED(invocation.lock_patience())));
  CHECKED(build_targets(workspace, terminal, "everyday", {"starter-api"}));
  const auto stack = CHECKED(stack_with_stores(workspace, terminal));
  CHECKED(run_api(stack, arguments));
  return Reply{
      .data = {{"dry_run", false}, {"log", log}},
      .text = "starter-api " + arguments[0] + " is done; ./dev logs " + arguments[0] + " shows what it did."};
}

Outcome<Reply> migrate(const Invocation& invocation, Terminal& terminal) {
  return run_and_tell(invocation, terminal, {"migrate"});
}
Outcome<Reply> seed(const Invocation& invocation, Terminal& terminal) {
  return run_and_tell(invocation, terminal, {"seed", "--demo"});
}

// The name has to be typed, or given with --confirm.
Outcome<> confirm(const Invocation& invocation, const Terminal& terminal) {
  const Failure refused{
      .code = "confirm.missing",
      .what = "Nothing was deleted.",
      .why = "The database's name, " + std::string(kDatabase) + ", has to be typed or given with --confirm.",
      .fix = "./dev db reset --confirm " + std::string(kDatabase),
      .exit = Exit::usage};
  auto name = invocation.get("--confirm");
  if (name.empty() && terminal.settings().interactive && !terminal.json()) {
    terminal.say("This deletes all data of the stack. Type the database's name (" + std::string(kDatabase) +
                 ") to go on:");
    std::getline(std::cin, name);
  }
  if (name != kDatabase) return refused;
  return {};
}

Outcome<Reply> reset(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const std::vector<fs::path> folders{workspace.state() / "postgres", workspace.state() / "redis",
                                      workspace.state() / "mail", workspace.state() / "keys"};
  json::array deleted;
  std::string text = invocation.dry_run() ? "Would stop the stack and delete:\n" : "Deleted:\n";
  for (const auto& folder : folders)
    deleted.push_back(json::value(folder.string())), text += "  " + folder.string() + "\n";
  if (!invocation.dry_run()) {
    CHECKED(confirm(invocation, terminal));
    const auto lock = CHECKED(lock_stack(workspace, CHECKED(invocation.lock_patience())));
    static_cast<void>(CHECKED(Supervisor(workspace, terminal).stop_all()));
    std::error_code error;
    for (const auto& folder : folders) fs::remove_all(folder, error);
  }
  return Reply{.data = {{"dry_run", invocation.dry_run()}, {"deleted", deleted}},
               .text = text + "Next: ./dev up"};
}

}  // namespace

std::vector<Command> dev_data_commands() {
  constexpr std::string_view group = "Every day";
  return {
      {.name = "dev db psql",
       .group = group,
       .summary = "Open psql on the stack's database, as its owner",
       .details = "With --json it prints where the database is and opens nothing.",
       .examples = {{"./dev db psql", "A prompt."}, {"./dev db psql --json", "Host, port, database, user."}},
       .reply = {{"host", "string", "Where Postgres listens"},
                 {"port", "integer", "Its port"},
                 {"database", "string", "Its name"},
                 {"user", "string", "The owner role"},
                 {"password_file", "string", "Where MIGRATE_DATABASE_URL stands"}},
       .docs = kDocs,
       .run = psql},
      {.name = "dev db migrate",
       .group = group,
       .summary = "Bring the schema up to date",
       .examples = {{"./dev db migrate", "After ./dev new migration."},
                    {"./dev db migrate --dry-run", "Show what would run."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"}, {"log", "string", "What it did"}},
       .exits = {Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = migrate},
      {.name = "dev db seed",
       .group = group,
       .summary = "Write the demo accounts and their data",
       .examples = {{"./dev db seed", "Again after a reset."},
                    {"./dev db seed --dry-run", "Show what would run."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"}, {"log", "string", "What it did"}},
       .exits = {Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = seed},
      {.name = "dev db reset",
       .group = group,
       .summary = "Delete all data of the stack; asks for the name",
       .flags = {{"--confirm", "NAME", "The database's name, for scripts"}},
       .examples = {{"./dev db reset", "Asks, then deletes."},
                    {"./dev db reset --confirm starter", "Without a question."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"}, {"deleted", "array", "The folders"}},
       .exits = {Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = reset},
  };
}

}  // namespace starter::console
