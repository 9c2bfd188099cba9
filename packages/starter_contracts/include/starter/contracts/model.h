// The contract as it stands in contract/*.yaml, after every check. What a field means is said in
// contract/schema.json and in docs/contracts/README.md; here is its shape.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "starter/contracts/condition.h"
#include "starter/contracts/table.h"

namespace starter::contracts {

/// Where something stands, for messages.
struct Place {
  std::string file;
  int line = 0;
};

using table::name_of;
using table::Type;

/// How a role gets a variable on one target.
struct Delivery {
  std::string carry;    // plain, reference, ephemeral
  std::string from;     // input, derived, secret, platform
  std::string input;    // the input that feeds it; empty: the env or secrets map of the role
  std::string value;    // what is derived or set
  std::string omitted;  // why it is left out; then nothing else is set
};

struct Variable {
  std::string name;  // may hold one <PLACEHOLDER>
  std::string group;
  std::vector<std::string> roles;
  Type type = Type::string;
  std::optional<std::string> fallback;
  std::optional<double> min, max;    // of numbers; of other types the length
  std::vector<std::string> allowed;  // values; schemes of a url; items of a csv
  std::optional<Pattern> pattern;
  bool secret = false;
  int generated = 0;          // characters that a set-up makes at random; 0: a person must know it
  int values = 1;             // of a secret: so many, separated by commas, while one follows another
  std::string required_when;  // a condition; empty: never
  std::vector<std::string> aliases;
  std::map<std::string, std::string> value_aliases;
  std::string meaning;
  std::string since;   // read since this version
  std::string awaits;  // or: comes with this feature
  std::string unused;  // or: never read, and why
  std::map<std::string, Delivery> targets;
  std::map<std::string, Variable> by_role;  // where a role reads it differently; no by_role inside
  Place place;

  bool is_read_by(std::string_view role) const;
  /// As that role reads it.
  const Variable& of(std::string_view role) const;
};

struct Probe {
  std::string path;
  int port = 0, period_seconds = 0, timeout_seconds = 0, failures = 0;
  friend bool operator==(const Probe&, const Probe&) = default;
};

struct Role {
  std::string name, meaning, image;
  std::vector<std::string> command;
  int port = 0, metrics_port = 0;
  std::map<std::string, Probe> probes;  // liveness, readiness, startup
  double cpu = 0;
  int memory_mib = 0;
  int min_replicas = 0, max_replicas = 0;
  int drain_seconds = 0, deadline_seconds = 0;
  std::map<std::string, std::string> environment, when_worker_runs;
  Place place;
};

struct Target {
  std::string name, title, compute, folder, guide, kind;
  std::optional<Pattern> reference;  // what a reference to a secret looks like there
  std::string reference_example;
  std::map<std::string, std::string> cloud_term;
  std::vector<std::string> reserved;
  std::vector<std::string> probes;              // the kinds that it has
  std::vector<std::string> probes_of_balancer;  // those that only roles behind a load balancer have
  std::vector<std::string> gated;               // roles that wait until the migration has ended well
  std::vector<std::string> companions;          // containers that are no role and may run beside them
};

struct InputRule {
  std::string when, refuse;
  Place place;
};

enum class InputType : uint8_t { string, number, boolean, map };

struct Input {
  std::string name, meaning, feeds, required_when;
  InputType type = InputType::string;
  bool required = false, secret = false, ephemeral = false;
  bool per_target = false;                              // the value differs between targets by nature
  std::optional<std::string> fallback;                  // as text; a map's is {}
  std::map<std::string, std::string> fallbacks, paths;  // by target
  std::vector<std::string> only;                        // targets; empty: all
  std::vector<InputRule> rules;
  Place place;

  bool is_on(std::string_view target) const;
};

struct Output {
  std::string name, meaning;
  std::vector<std::string> only;  // targets; empty: all
  Place place;

  bool is_on(std::string_view target) const;
};

struct Prompt {
  std::string variable, ask, example;
};

struct Provider {
  std::string name, title, cloud, signing, bucket;
  std::string tool;  // its own command that stores a secret
  bool hosted = false;
  std::vector<std::string> aliases, required, one_of, optional;
  std::string keyset_means, keyset_example;
  std::optional<Pattern> keyset_pattern;
  std::vector<Prompt> prompts;
  Place place;
};

struct ProfileRule {
  std::string when, refuse, fix;
  Place place;
};

struct Profile {
  std::string name, meaning;
  std::map<std::string, std::string> defaults, locked;
  std::vector<std::string> required;
  std::vector<ProfileRule> rules;
};

struct Preset {
  std::string name, meaning;
  std::vector<std::string> profiles, clouds;
  std::map<std::string, std::string> defaults;
};

struct Cloud {
  std::string name, target;
  std::map<std::string, std::string> defaults;
  std::vector<std::string> brings;  // variables that its blueprint makes, secrets unless bring_own_data
};

struct NamedCondition {
  std::string name, when, meaning;
};

/// In the order of the files, and of the names of files.
struct Contract {
  std::vector<std::pair<std::string, std::string>> groups;  // name, about
  std::vector<Variable> variables;
  std::map<std::string, std::string> features;
  std::vector<Target> targets;
  std::vector<Role> roles;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Provider> secret_managers, object_stores;
  std::vector<Profile> profiles;
  std::vector<Preset> presets;
  std::vector<Cloud> clouds;
  std::vector<NamedCondition> conditions;

  const Variable* variable(std::string_view name) const;  // SSO_OKTA_CLIENT_ID finds SSO_<PROVIDER>_CLIENT_ID
  const Input* input(std::string_view name) const;
  const Role* role(std::string_view name) const;
  const Target* target(std::string_view name) const;

  /// With the named conditions of this contract; only for text that load() has accepted.
  Condition condition(std::string_view text) const;
};

/// Everyone who may read a variable; the first four are containers.
inline constexpr std::array<std::string_view, 7> kReaders{"api",     "worker",  "migrate", "web",
                                                          "console", "compose", "tools"};
bool is_container(std::string_view role);

/// What is wrong with a value, as a sentence without its subject and without the value; empty when nothing
/// is.
std::string problem_of_value(const Variable& variable, std::string_view value);

/// Whether `name` is one that the declared name stands for.
bool is_instance(std::string_view declared, std::string_view name);

}  // namespace starter::contracts
