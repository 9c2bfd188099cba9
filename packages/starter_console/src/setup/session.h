// One run of the set-up: where its files are, what is known before the first question, what is kept when it
// is interrupted, and what is written in the end.
#pragma once

#include <filesystem>

#include "frame/invocation.h"
#include "setup/answers_file.h"
#include "system/env_file.h"
#include "system/files.h"

namespace starter::console::setup {

/// In a clone the two services' own folders; elsewhere the working folder, which the console's other commands
/// read their settings from.
struct Places {
  std::filesystem::path api_file, web_file;
  std::filesystem::path folder;  // var/setup
  std::filesystem::path state() const { return folder / "state.json"; }
  std::filesystem::path answers() const { return folder / "answers.yaml"; }
  std::filesystem::path snapshot() const { return folder / "snapshot.json"; }
  std::filesystem::path summary() const { return folder / "summary.md"; }
};
Places places();

/// What was given before the first question.
struct Given {
  std::string profile, preset;
  bool profile_spelled_out = false;                     // by a flag of this run, or typed in it
  std::vector<std::pair<std::string, Answer>> answers;  // the weakest first
  std::string last_profile{}, last_preset{};            // of the last run
};

/// Takes out what the last run's profile and preset suggested, where these are others now:
/// SIGNUP_ACCESS_POLICY of a demo is no answer for production, and s3 none for Azure.
void forget_other_suggestions(const contracts::Contract& contract, Given& given);

/// Flags over --answers-file over what an interrupted run left (--resume) over the last run's answers and env
/// files. Two profiles or presets that differ are refused.
Outcome<Given> read_given(const Invocation& invocation, const contracts::Contract& contract,
                          const Places& at);

/// What --var and --answers-file say, the weakest first.
Outcome<Given> read_flags(const Invocation& invocation, const contracts::Contract& contract);

/// The interview with everything given, each value checked. Failure setup.answer names the first that is
/// refused; what a profile has fixed in the meantime is left out.
Outcome<Interview> begin(const contracts::Contract& contract, const Given& given);

/// What must be typed, as the failure of a run that may not ask; the fix repeats what this run was given.
Failure missing(const Interview& interview, const Invocation& invocation);

/// Keeps the answers so far for --resume: owner alone, secrets included.
Outcome<> save_state(const Interview& interview, const Places& at);

struct Change {
  std::string file, name, how;  // added, changed, removed
};

/// What the end of the set-up writes.
struct Result {
  std::vector<NewFile> files;   // only those that change
  std::vector<Change> changes;  // of env files; no value
  std::string summary;          // for people, redacted
};
Outcome<Result> result_of(const Interview& interview, const Places& at);

}  // namespace starter::console::setup
