// ./dev new, gen, check: changing the code.
#include <boost/json.hpp>

#include "commands/groups.h"
#include "dev/scaffold.h"
#include "dev/scripts.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;

namespace {

constexpr std::string_view kDocs = "docs/development.md";

Outcome<Reply> make_new(const Invocation& invocation, Terminal&) {
  const auto workspace = CHECKED(Workspace::find());
  const auto scaffold = CHECKED(load_scaffold(workspace, invocation.get("kind")));
  const auto changes = CHECKED(plan_scaffold(workspace, scaffold, invocation.get("name")));
  if (!invocation.dry_run()) CHECKED(write_scaffold(workspace, changes));
  const auto next = next_step(scaffold, invocation.get("name"));
  std::string text;
  json::array files;
  for (const auto& change : changes) {
    const std::string verb = change.is_new ? "write " : "change ";
    text += (invocation.dry_run() ? "would " + verb
             : change.is_new      ? "wrote "
                                  : "changed ") +
            change.path.string() + "\n";
    files.push_back(json::value(change.path.string()));
  }
  return Reply{.data = {{"files", files}, {"next", next}, {"dry_run", invocation.dry_run()}},
               .text = text + "Next: " + next};
}

// What generators write, by path: the documentation and the web application's client.
std::map<std::string, std::string> generated(const Workspace& workspace) {
  std::map<std::string, std::string> hashes;
  const auto add = [&](const fs::directory_entry& entry, bool wanted) {
    if (wanted && entry.is_regular_file())
      hashes[entry.path().lexically_relative(workspace.root()).string()] = hash_files({entry.path()}, {});
  };
  std::error_code error;
  for (const auto* folder : {"docs", "apps/web-app/lib"}) {
    for (const auto& entry : fs::recursive_directory_iterator(workspace.root() / folder, error))
      add(entry, true);
  }
  for (const auto* folder : {".", "apps/web-app"}) {
    for (const auto& entry : fs::directory_iterator(workspace.root() / folder, error))
      add(entry, entry.path().extension() == ".md" || entry.path().filename() == "openapi.json");
  }
  return hashes;
}

Outcome<Reply> gen(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  auto changed = CHECKED(render_reference(workspace, invocation.dry_run()));
  const auto names = script_names(workspace, "generators");
  const auto before = generated(workspace);
  if (!invocation.dry_run()) {
    // One after the other: the reference is written from what the API's client was written from.
    for (const auto& name : names) {
      const auto result = run_scripts(workspace, "generators", {name}).front();
      if (!result.passed)
        return Failure{.code = "gen.failed",
                       .what = "The generator " + result.name + " failed.",
                       .why = result.output,
                       .fix = "bash tools/generators/" + result.name + ".sh"};
    }
  }
  for (const auto& [path, hash] : generated(workspace)) {
    const auto known = before.find(path);
    if (known == before.end() || known->second != hash) changed.push_back(path);
  }
  std::string text;
  for (const auto& path : changed) text += path + "\n";
  for (const auto& name : names) terminal.say("ran generator " + name);
  return Reply{.data = {{"changed", json::value_from(changed)},
                        {"generators", json::value_from(names)},
                        {"dry_run", invocation.dry_run()}},
               .text = changed.empty() ? "no change" : text};
}

Outcome<Reply> check(const Invocation&, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  watch_interrupts();
  auto results = run_scripts(workspace, "checks", script_names(workspace, "checks"));
  const auto drift = CHECKED(render_reference(workspace, true));
  std::string said;
  for (const auto& path : drift) said += path + " differs from what ./dev gen writes\n";
  results.push_back({"generated", drift.empty(), said, 0});
  json::array all;
  std::string text;
  bool good = true;
  for (const auto& result : results) {
    good = good && result.passed;
    auto name = result.name;
    name.resize(14, ' ');
    text += (result.passed ? terminal.paint(Tone::good, "ok      ") : terminal.paint(Tone::bad, "FAILED  ")) +
            name + std::to_string(static_cast<int>(result.seconds)) + " s\n";
    if (!result.passed) text += result.output + (result.output.ends_with('\n') ? "" : "\n");
    all.push_back({{"name", result.name}, {"passed", result.passed}, {"output", result.output}});
  }
  return Reply{.data = {{"passed", good}, {"checks", all}},
               .text = text,
               .exit = good ? Exit::ok : Exit::check_failed};
}

}  // namespace

std::vector<Command> dev_change_commands() {
  return {
      {.name = "dev new",
       .group = "Every day",
       .summary = "Add a feature, page, migration or setting",
       .details = "Copies the example that tools/scaffolds.yaml names and renames it throughout, and adds "
                  "the lines that wire it in; nothing that exists is overwritten.",
       .arguments = {{.name = "kind",
                      .summary = "What to add",
                      .choices = "feature|page|migration|env",
                      .required = true},
                     {.name = "name",
                      .summary = "Its name: invoices, add_invoice_due_date, INVOICE_PREFIX",
                      .required = true}},
       .examples = {{"./dev new feature invoices",
                     "Routes, service, store, migration and pages of a new feature."},
                    {"./dev new migration add_invoice_due_date",
                     "An empty migration with the time in its name."}},
       .reply = {{"files", "array", "What was written"},
                 {"next", "string", "The next command"},
                 {"dry_run", "boolean", "Nothing was changed"}},
       .exits = {Exit::not_found, Exit::conflict},
       .docs = kDocs,
       .writes = true,
       .run = make_new},
      {.name = "dev gen",
       .group = "Every day",
       .summary = "Write every generated file anew",
       .examples = {{"./dev gen", "After a change of what others are generated from."},
                    {"./dev gen --dry-run", "Show which would change."}},
       .reply = {{"changed", "array", "Paths that changed; a dry run knows those of the console alone"},
                 {"generators", "array", "Scripts of tools/generators that ran"},
                 {"dry_run", "boolean", "Nothing was changed"}},
       .docs = kDocs,
       .writes = true,
       .run = gen},
      {.name = "dev check",
       .group = "Every day",
       .summary = "Format, lint, types and drift, in under a minute",
       .examples = {{"./dev check", "Before a commit."},
                    {"./dev check --field passed", "For scripts: true or false."}},
       .reply = {{"passed", "boolean", "All checks passed"}, {"checks", "array", "name, passed, output"}},
       .exits = {Exit::check_failed, Exit::interrupted},
       .docs = kDocs,
       .run = check},
  };
}

}  // namespace starter::console
