// starter-api: one binary for the API, the worker and the migration job.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <type_traits>

#include "app/commands/describe_settings.h"
#include "app/commands/healthcheck.h"
#include "app/commands/seed.h"
#include "app/composition.h"
#include "app/infrastructure/migrations.h"
#include "app/worker/worker.h"
#include "starter/core/process.h"
#include "starter/core/report.h"
#include "starter/testing/failpoint.h"

namespace {

using namespace starter;

int usage(FILE* to, int code) {
  std::fputs(
      "usage: starter-api [serve|worker|migrate|seed|healthcheck|openapi|config]\n\n"
      "  serve        answers HTTP until SIGTERM (the default)\n"
      "  worker       sends mail, links the audit log, cleans up, until SIGTERM\n"
      "  migrate      creates roles and applies what is missing of the schema, then exits\n"
      "  seed         makes the demo tenant with two people (seed --demo)\n"
      "  healthcheck  exits 0 when the API of this container is alive; --worker asks the worker\n"
      "  openapi      prints the description of the API\n"
      "  config       prints every setting with its origin as JSON, without secrets\n\n"
      "Settings come from the environment and from .env.local; starter-console config explains them.\n",
      to);
  return code;
}

/// Reads the settings or says everything that is wrong with them.
template <class Load = decltype(&load_settings)>
auto read_or_explain(Load load = &load_settings)
    -> std::optional<typename std::invoke_result_t<Load, const settings::Source&>::value_type> {
  const auto source = settings::Source::process(".env.local");
  if (!source) {
    std::fprintf(stderr, "starter-api can't read .env.local: %s\n", source.error().c_str());
    return std::nullopt;
  }
  auto read = load(*source);
  if (read) return std::move(*read);
  std::fprintf(stderr, "starter-api can't start, because of its settings:\n%s",
               settings::report_of(read.error()).c_str());
  return std::nullopt;
}

std::unique_ptr<observe::Logger> make_logger(const Settings& settings) {
  std::vector<std::unique_ptr<observe::LogSink>> sinks;
  for (const auto& name : settings.logging_sinks) {
    if (name == "stdout") sinks.push_back(observe::standard_output_sink());
    if (name == "file") sinks.push_back(observe::file_sink(settings.log_file));
  }
  const std::map<std::string, observe::Level> levels{{"DEBUG", observe::Level::debug},
                                                     {"INFO", observe::Level::info},
                                                     {"WARNING", observe::Level::warning},
                                                     {"ERROR", observe::Level::error}};
  return std::make_unique<observe::Logger>(std::move(sinks), Clock::system(),
                                           observe::Logger::Options{.least = levels.at(settings.log_level)});
}

/// Says what is wrong with STARTER_FAILPOINTS.
bool arm_failpoints(const char* command, const Settings& settings) {
  const char* failpoints = std::getenv("STARTER_FAILPOINTS");
  const auto wrong = failpoints::arm_from(failpoints ? failpoints : "", settings.hosted());
  if (!wrong.empty()) std::fprintf(stderr, "starter-api %s can't start: %s\n", command, wrong.c_str());
  return wrong.empty();
}

int serve() {
  const auto settings = read_or_explain();
  if (!settings || !arm_failpoints("serve", *settings)) return 2;
  if (settings->hosted()) leave_no_core();  // on one's own machine cores and debuggers are welcome
  const auto log = make_logger(*settings);
  set_bug_reporter([&](std::string_view where, std::string_view what) {
    log->error("bug", {{"where", where}, {"what", what}});
  });
  App app(*settings, Clock::system(), *log);
  return app.serve();
}

int work() {
  const auto settings = read_or_explain();
  if (!settings || !arm_failpoints("worker", *settings)) return 2;
  if (settings->hosted()) leave_no_core();
  const auto log = make_logger(*settings);
  set_bug_reporter([&](std::string_view where, std::string_view what) {
    log->error("bug", {{"where", where}, {"what", what}});
  });
  auto worker = std::make_unique<worker::Worker>(*settings, Clock::system(), *log);
  const int code = worker->run();
  // What did not end in time still refers to it; the process ends without taking it apart.
  if (worker->unfinished()) static_cast<void>(worker.release());
  return code;
}

int seed() {
  const auto settings = read_or_explain();
  if (!settings) return 2;
  const char* password = std::getenv("DEMO_PASSWORD");
  if (const auto wrong = seed_demo(*settings, Secret(password ? password : "")); !wrong.empty()) {
    std::fprintf(stderr, "seed failed: %s\n", wrong.c_str());
    return 1;
  }
  std::puts(
      "Acme is there: demo@example.com (owner) and member@example.com (member), with the password in "
      "DEMO_PASSWORD");
  return 0;
}

int check_health(bool of_worker) {
  const auto settings = read_or_explain();
  if (!settings) return 2;
  return healthcheck(of_worker ? settings->metrics_port : settings->port);
}

int run_migrations() {
  const auto log_ins = read_or_explain(&load_migration_settings);
  if (!log_ins) return 2;
  leave_no_core();
  const auto report = migrate(*log_ins, [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
  });
  if (!report.error.empty()) {
    std::fprintf(stderr, "migrate failed: %s\n", report.error.c_str());
    return 1;
  }
  std::printf("%zu migrations applied, %zu were there\n", report.applied, report.present);
  return 0;
}

int print_openapi() {
  const auto text = describe_api();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  return 0;
}

int print_config() {
  const auto source = settings::Source::process(".env.local");
  if (!source) {
    std::fprintf(stderr, "starter-api can't read .env.local: %s\n", source.error().c_str());
    return 2;
  }
  std::puts(describe_settings(*source).c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string command = count > 1 ? arguments[1] : "serve";
  const std::string option = count > 2 ? arguments[2] : "";
  const std::map<std::string, std::function<int()>> commands{
      {"serve", serve},
      {"worker", work},
      {"migrate", run_migrations},
      {"seed", [&] { return option == "--demo" ? seed() : usage(stderr, 2); }},
      {"healthcheck", [&] { return check_health(option == "--worker"); }},
      {"openapi", print_openapi},
      {"config", print_config}};
  if (command == "help" || command == "--help" || command == "-h") return usage(stdout, 0);
  const auto known = commands.find(command);
  if (known == commands.end()) return usage(stderr, 2);
  try {
    return known->second();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "starter-api %s: %s\n", command.c_str(), error.what());
    return 1;
  }
}
