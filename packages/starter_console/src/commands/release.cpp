// release db: the schema of a deployment, brought to what this release needs.
#include "operate/release.h"

#include <boost/json.hpp>
#include <ctime>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/api_binary.h"
#include "operate/configuration.h"
#include "starter/service/settings_table.h"
#include "system/files.h"
#include "system/lock.h"
#include "system/process.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;
using namespace std::chrono_literals;

namespace {

// Migrations of large tables take their time; starter-api itself waits up to 10 minutes for another migrator.
constexpr auto kLongest = 4h;

std::string utc(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

std::vector<std::string> texts(const json::value& list) {
  return json::value_to<std::vector<std::string>>(list);
}

struct Release {
  std::filesystem::path program;
  std::vector<std::string> all;      // migrations of the binary
  std::vector<std::string> missing;  // those that the database lacks now
  std::string database;
};

json::array plan_of(const Release& release) {
  json::array steps;
  for (const auto& name : release.missing) steps.push_back(json::value("apply " + name));
  steps.push_back(json::value("create or update the roles of DATABASE_URL and WORKER_DATABASE_URL"));
  steps.push_back(json::value("verify schema, roles and row-level security"));
  return steps;
}

// The migrator's own output; its status decides.
Outcome<std::string> run_migrator(const Invocation& invocation, const Release& release) {
  const auto ran = CHECKED(run_process({.argv = {release.program.string(), "migrate"},
                                        .environment = CHECKED(child_environment(invocation)),
                                        .contained = true},
                                       kLongest));
  if (ran.status == 0) return ran.output;
  if (interrupted()) return interrupt_failure();
  auto said = ran.output;
  while (said.ends_with('\n')) said.pop_back();
  return Failure{.code = "release.migrate",
                 .what = "The migrations of " + release.program.string() + " did not go through.",
                 .why = said.substr(said.rfind('\n') + 1) +
                        " What was applied before is in force, and the old release works on.",
                 .fix = "   # once what it names is mended"};
}

json::array verification_json(const std::vector<Verification>& verified) {
  json::array all;
  for (const auto& one : verified)
    all.push_back({{"id", one.id}, {"passed", one.good}, {"message", one.says}});
  return all;
}

Outcome<std::filesystem::path> write_report(const json::object& report) {
  auto path = var_folder() / "reports" / ("release-db-" + utc("%Y%m%dT%H%M%SZ") + ".json");
  CHECKED(write_file(path, pretty(report) + "\n"));
  return path;
}

Outcome<Release> look(const Invocation& invocation, Database& owner, const Secret& url) {
  Release release{.program = CHECKED(find_api_binary()),
                  .all = {},
                  .missing = {},
                  .database = without_password(url.reveal())};
  release.all = texts(CHECKED(describe_api(invocation)).at("migrations"));
  release.missing = missing_migrations(release.all, CHECKED(applied_migrations(owner)));
  return release;
}

json::object facts_of(const Release& release, bool dry_run) {
  return {{"dry_run", dry_run},
          {"database", release.database},
          {"program", release.program.string()},
          {"plan", plan_of(release)},
          {"applied", json::array()}};
}

Reply plan_reply(const Release& release) {
  std::string text = "On " + release.database + " with " + release.program.string() + ":\n";
  auto data = facts_of(release, true);
  for (const auto& step : data.at("plan").as_array())
    text += "  would " + std::string(step.as_string()) + "\n";
  return {.data = std::move(data), .text = text};
}

Outcome<Reply> release_db(const Invocation& invocation, Terminal& terminal) {
  const auto values = CHECKED(read_settings(invocation, service::migration_table()));
  const auto patience = CHECKED(invocation.timeout());
  const auto& owner_url = values.secret("MIGRATE_DATABASE_URL");
  std::optional<FileLock> lock;
  if (!invocation.dry_run()) {
    lock.emplace(
        CHECKED(FileLock::take(var_folder() / "reports/release-db.lock",
                               "Another release of the schema runs.", CHECKED(invocation.lock_patience()))));
  }
  auto owner = CHECKED(Database::connect(owner_url, "MIGRATE_DATABASE_URL", patience));
  const auto release = CHECKED(look(invocation, owner, owner_url));
  if (invocation.dry_run()) return plan_reply(release);

  const auto started = utc("%Y-%m-%dT%H:%M:%SZ");
  terminal.step(1, 3, std::to_string(release.missing.size()) + " migrations to apply on " + release.database);
  const auto migrated = run_migrator(invocation, release);
  terminal.step(2, 3, "verify");
  std::vector<Verification> verified;
  std::vector<std::string> applied;
  if (migrated) {
    verified = CHECKED(verify_schema(owner, release.all, values.secret("DATABASE_URL"),
                                     values.secret("WORKER_DATABASE_URL"), patience));
    applied = missing_migrations(release.missing,
                                 missing_migrations(release.all, CHECKED(applied_migrations(owner))));
  }
  const bool good = migrated && std::ranges::all_of(verified, &Verification::good);
  auto report = facts_of(release, false);
  report["applied"] = json::value_from(applied);
  report["started_at"] = started;
  report["finished_at"] = utc("%Y-%m-%dT%H:%M:%SZ");
  report["passed"] = good;
  report["who"] = who_runs();
  report["output"] = migrated ? *migrated : migrated.error().why;
  report["verification"] = verification_json(verified);
  const auto path = CHECKED(write_report(report));
  terminal.step(3, 3, "report in " + path.string());
  if (!migrated) return migrated.error();

  report["report"] = path.string();
  std::string text;
  for (const auto& one : verified)
    text += (one.good ? terminal.paint(Tone::good, "ok      ") : terminal.paint(Tone::bad, "FAILED  ")) +
            one.says + "\n";
  text += applied.empty() ? "no change" : "Applied " + std::to_string(applied.size()) + " migrations.";
  return Reply{.data = std::move(report),
               .text = text,
               .exit = good ? Exit::ok : Exit::check_failed,
               .changed = !applied.empty()};
}

}  // namespace

std::vector<Command> release_commands() {
  return {
      {.name = "release db",
       .group = "Release",
       .summary = "Bring the database schema up to date and verify it",
       .details =
           "Runs the migrations of the starter-api beside this console as the owner, then verifies "
           "schema, roles and row-level security, and writes a report to var/reports. Running it again, "
           "or twice at once, is safe. The previous release keeps working on the new schema.",
       .flags = {env_file_flag()},
       .examples = {{"starter-console release db --dry-run", "Which migrations would be applied."},
                    {"starter-console release db --env-file api.env --json", "From a deploy script."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"},
                 {"database", "string", "Where, without the password"},
                 {"program", "string", "The starter-api that ran"},
                 {"plan", "array", "The steps"},
                 {"applied", "array", "Names of the migrations that were applied"},
                 {"passed", "boolean", "Applied and verified"},
                 {"started_at", "string", "UTC"},
                 {"finished_at", "string", "UTC"},
                 {"who", "string", "Who ran it"},
                 {"output", "string", "What the migrator said"},
                 {"verification", "array", "id, passed, message"},
                 {"report", "string", "The file with all this"}},
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = "docs/ops/runbook-release.md",
       .writes = true,
       .locks = true,
       .reaches = true,
       .run = release_db},
  };
}

}  // namespace starter::console
