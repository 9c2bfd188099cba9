// A file with answers: YAML, and so JSON as well.
//
//   profile: production
//   preset: aws
//   project_name: acme
//   APP_PUBLIC_URL: https://app.example.com
//   SMTP_URL_FILE: /run/secrets/smtp          # every secret may stay in a file of its own
//   api_secrets: {SMTP_URL: "arn:aws:secretsmanager:..."}
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "setup/interview.h"

namespace starter::console::setup {

struct AnswersFile {
  std::string profile, preset;
  /// By name; an entry of a map is "api_secrets.SMTP_URL".
  std::map<std::string, std::string> values;
};

/// `text` of the file `path`. A syntax error and an unknown name are told with line and column.
Outcome<AnswersFile> parse_answers(const contracts::Contract& contract, const std::string& path,
                                   const std::string& text);

/// The same as YAML, in the order of names.
std::string answers_text(const AnswersFile& answers);

/// "NAME=VALUE" of --var, whose name the contract has and which is no secret.
Outcome<std::pair<std::string, std::string>> parse_assignment(const contracts::Contract& contract,
                                                              const std::string& command,
                                                              const std::string& text);

/// The variable or input that `name` gives a value to: DATABASE_URL_FILE names DATABASE_URL. Empty: none
/// does.
std::string subject_of(const contracts::Contract& contract, const std::string& name);

bool is_secret(const contracts::Contract& contract, const std::string& name);

/// What is to be typed to answer `name` in a command line, as (part of) its fix: --var NAME=VALUE, and for a
/// secret the flag that takes it from a file.
std::string answer_flag(const contracts::Contract& contract, const std::string& name);

}  // namespace starter::console::setup
