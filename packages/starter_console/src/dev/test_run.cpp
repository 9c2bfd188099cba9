#include "dev/test_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

#include "dev/builder.h"
#include "dev/spelling.h"
#include "dev/test_needs.h"
#include "dev/test_packages.h"
#include "system/files.h"

namespace starter::console::dev {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

struct Job {
  const Suite* suite;
  int shard = 0;
  int shards = 1;
  std::string title() const {
    return suite->name + (shards > 1 ? " " + std::to_string(shard + 1) + "/" + std::to_string(shards) : "");
  }
};

std::vector<Job> jobs_of(const std::vector<Suite>& suites, int cores, bool one_test) {
  std::vector<Job> jobs;
  for (const bool alone : {false, true}) {  // what runs alone comes last
    for (const auto& suite : suites) {
      const int shards = suite.sharded && !one_test ? cores : 1;
      for (int shard = 0; suite.alone == alone && shard < shards; ++shard)
        jobs.push_back({&suite, shard, shards});
    }
  }
  return jobs;
}

Launch launch_of_job(const Workspace& workspace, const Job& job, const TestNeeds& needs,
                     const fs::path& folder, const std::string& name) {
  const auto& suite = *job.suite;
  const auto report = (folder / "report.json").string();
  Launch launch{
      .environment = needs.environment(), .folder = workspace.root() / suite.folder, .contained = true};
  for (const auto& word : suite.command) launch.argv.push_back(filled(word, "{report}", report));
  if (!name.empty()) {
    for (const auto& word : suite.filter) launch.argv.push_back(filled(word, "{name}", name));
  }
  if (suite.format == "gtest") {
    launch.argv[0] = (workspace.root() / launch.argv[0]).string();
    launch.argv.push_back("--gtest_output=json:" + report);
    launch.argv.push_back("--gtest_brief=0");
    if (!name.empty()) launch.argv.push_back("--gtest_filter=*" + name + "*");
    launch.environment["GTEST_TOTAL_SHARDS"] = std::to_string(job.shards);
    launch.environment["GTEST_SHARD_INDEX"] = std::to_string(job.shard);
  }
  launch.environment["TMPDIR"] = (folder / "tmp").string();
  launch.environment["STARTER_ROOT"] = workspace.root().string();
  return launch;
}

// `all`: no name was asked for, so a suite without a test lost its tests.
Results count(const Job& job, const Finished& finished, const fs::path& folder, bool all) {
  const auto& format = job.suite->format;
  const auto report = read_file(folder / "report.json", 64U << 20);
  Results results;
  if (format == "gtest") results = report ? parse_gtest(*report) : parse_gtest_output(finished.output);
  if (format == "vitest") results = parse_vitest(report ? *report : "");
  if (format == "tap") results = parse_tap(finished.output);
  if (format == "tap" && all && finished.status == 0 && results.total() == 0)
    results.failed.push_back({"(report)", "It reported no test."});
  const bool counted = format != "exit" && results.total() > 0;
  if (format == "exit" && finished.status == 0) results.passed = 1;
  if (finished.status == 0 || (counted && !results.failed.empty())) return results;
  auto tail =
      finished.output.size() > 6000 ? finished.output.substr(finished.output.size() - 6000) : finished.output;
  if (finished.timed_out)
    tail += "\nIt did not end within " + std::to_string(job.suite->minutes) + " minutes.";
  results.failed.push_back({"(exit status " + std::to_string(finished.status) + ")", tail});
  return results;
}

void show(const Terminal& terminal, const Job& job, const Results& results, Clock::duration took) {
  const auto seconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count() / 100;
  const bool good = results.failed.empty();
  terminal.say((good ? terminal.paint_talk(Tone::good, "ok    ") : terminal.paint_talk(Tone::bad, "FAILED")) +
               "  " + job.title() + ": " + closing_line(results) + "  (" + std::to_string(seconds / 10) +
               "." + std::to_string(seconds % 10) + " s)");
  for (const auto& one : results.skipped)
    terminal.say("  SKIPPED " + one.name + (one.text.empty() ? "" : ": " + one.text));
  for (const auto& one : results.failed)
    terminal.say("  " + terminal.paint_talk(Tone::bad, "FAILED") + " " + job.suite->name + " " + one.name +
                 "\n" + one.text);
}

// What a suite started in sessions of its own outlives a suite that was ended, or that forgot it. All of it
// has the suite's folder for temporary files, or works in it. Asked first: a Postgres that is killed leaves
// its shared memory behind.
void end_what_is_left(const fs::path& folder) {
  const auto left = [&] { return processes_of(folder); };
  auto all = left();
  for (const int signal : {SIGINT, SIGKILL}) {
    for (const auto& one : all) ::kill(one.pid, signal);
    for (int i = 0; i < 500 && !all.empty(); ++i) {
      std::this_thread::sleep_for(10ms);
      all = left();
    }
  }
}

Results run_job(const Workspace& workspace, const Job& job, const TestNeeds& needs, const std::string& name) {
  const auto folder = needs.folder() / filled(filled(job.title(), " ", "-"), "/", "-of-");
  std::error_code error;
  fs::create_directories(folder / "tmp", error);
  ::chmod(folder.c_str(), 0777);
  ::chmod((folder / "tmp").c_str(), 01777);  // tests run services as another user
  const auto ran = run_process(launch_of_job(workspace, job, needs, folder, name),
                               std::chrono::minutes(job.suite->minutes));
  end_what_is_left(folder);
  auto results =
      ran ? count(job, *ran, folder, name.empty())
          : Results{.failed = {{"(start)", ran.error().what + " " + ran.error().why}}, .skipped = {}};
  for (auto& one : results.failed)
    one.name = (one.name.starts_with('(') ? job.suite->name + " " : "") + one.name;
  fs::remove_all(folder, error);
  return results;
}

// Workers take jobs in order; a job that must be alone waits for the others and keeps them waiting.
Results run_jobs(const Workspace& workspace, const Terminal& terminal, const std::vector<Job>& jobs,
                 const TestNeeds& needs, const std::string& name, int cores) {
  Results all;
  std::mutex mutex;
  const auto together =
      std::ranges::find_if(jobs, [](const Job& job) { return job.suite->alone; }) - jobs.begin();
  const auto run_one = [&](const Job& job) {
    const auto begin = Clock::now();
    const auto results = run_job(workspace, job, needs, name);
    const std::lock_guard lock(mutex);
    show(terminal, job, results, Clock::now() - begin);
    all.add(results);
  };
  std::atomic<std::ptrdiff_t> next{0};
  std::vector<std::jthread> workers;
  for (int i = 0; i < cores; ++i) {
    workers.emplace_back([&] {
      for (auto at = next++; at < together && !interrupted(); at = next++)
        run_one(jobs[static_cast<std::size_t>(at)]);
    });
  }
  workers.clear();
  for (auto at = static_cast<std::size_t>(together); at < jobs.size() && !interrupted(); ++at)
    run_one(jobs[at]);
  return all;
}

Outcome<> build_for(const Workspace& workspace, const Terminal& terminal, std::vector<Suite>& suites,
                    Results& results) {
  std::vector<std::string> targets;
  TestPackages packages(workspace, terminal);
  for (const auto& suite : suites) {
    if (!suite.target.empty()) targets.push_back(suite.target);
    if (suite.wants("stack") || suite.wants("https-stack") || suite.wants("postgres"))
      targets.emplace_back("starter-api");
    CHECKED(packages.install(suite));
  }
  std::ranges::sort(targets);
  const auto repeated = std::ranges::unique(targets);
  targets.erase(repeated.begin(), repeated.end());
  if (!targets.empty()) CHECKED(build_targets(workspace, terminal, "everyday", targets));
  for (const auto& suite : suites) {
    if (!suite.npm.empty()) CHECKED(install_node_modules(workspace, terminal, workspace.root() / suite.npm));
  }
  return packages.get_the_rest(suites, results);
}

}  // namespace

std::string closing_line(const Results& results) {
  return std::to_string(results.passed) + " passed, " + std::to_string(results.failed.size()) + " failed, " +
         std::to_string(results.skipped.size()) + " skipped";
}

Outcome<Results> run_suites(const Workspace& workspace, const Terminal& terminal,
                            const std::vector<Suite>& suites, const std::string& name) {
  watch_interrupts();
  Results all;
  std::vector<Suite> present;
  std::error_code error;
  for (const auto& suite : suites) {
    if (suite.only_with.empty() || fs::exists(workspace.root() / suite.only_with, error)) {
      present.push_back(suite);
    } else {
      all.skipped.push_back({suite.name, "there is no " + suite.only_with.string()});
      terminal.say("SKIPPED " + suite.name + ": there is no " + suite.only_with.string());
    }
  }
  CHECKED(build_for(workspace, terminal, present, all));
  const auto folder = fs::temp_directory_path() / ("starter-test-" + std::to_string(::getpid()));
  auto started = TestNeeds::start(workspace, terminal, present, folder);
  if (interrupted()) return interrupt_failure();
  const auto needs = CHECKED(std::move(started));
  const int cores = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 16);
  const auto jobs = jobs_of(present, cores, !name.empty());
  all.add(run_jobs(workspace, terminal, jobs, *needs, name, cores));
  if (interrupted()) return interrupt_failure();
  if (all.total() == static_cast<int>(all.skipped.size())) {
    return Failure{
        .code = "test.none",
        .what = "No test ran.",
        .why = name.empty() ? "Every chosen suite was skipped." : "No test's name holds \"" + name + "\".",
        .fix = "./dev test --list",
        .exit = Exit::not_found};
  }
  return all;
}

}  // namespace starter::console::dev
