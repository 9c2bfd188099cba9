// What the contract and the services refuse, said before they do. No rule is written down here: conditions,
// ranges, profiles and providers come from the contract, the refusals from the table that the API starts
// with.
#include <sys/stat.h>

#include <algorithm>

#include "checks/examination.h"
#include "frame/invocation.h"
#include "setup/answers_file.h"
#include "setup/refused.h"
#include "starter/contracts/render.h"
#include "starter/net/host.h"
#include "system/files.h"

namespace starter::console::checks {

using contracts::InputType;
using contracts::Type;
using contracts::Variable;
using setup::Origin;

namespace {

constexpr std::string_view kFile = "_FILE";
constexpr std::size_t kMostOfSecret = 64U << 10;  // what the services read

// The kind of a complaint about a value, as the services' own code names them.
std::string_view kind_of(const Variable& variable, std::string_view problem) {
  switch (variable.type) {
    case Type::integer:
    case Type::number:
      return problem.starts_with("is no") ? "value.number" : "value.range";
    case Type::boolean:
      return "value.boolean";
    case Type::url:
      return problem.starts_with("has another") ? "value.scheme" : "value.url";
    case Type::mailbox:
      return "value.mailbox";
    case Type::choice:
      return "value.choice";
    case Type::csv:
      return "value.list";
    case Type::json:
      return "value.json";
    case Type::duration:
      return "value.duration";
    case Type::bytes:
      return "value.size";
    case Type::string:
    case Type::path:
      return problem.starts_with("does not match") ? "value.pattern" : "value.length";
  }
  return "value.pattern";
}

struct MapsOfRole {
  std::string role, secrets, plain;
};

std::vector<MapsOfRole> maps_of_roles(const contracts::Contract& contract) {
  std::vector<MapsOfRole> all;
  for (const auto& role : contract.roles)
    all.push_back({role.name, role.name + "_secrets", role.name + "_env"});
  return all;
}

// The input itself refuses the name, and that was said.
bool is_ruled_out(const contracts::Contract& contract, const std::string& map, const std::string& name) {
  return std::ranges::any_of(contract.input(map)->rules, [&](const auto& rule) {
    return rule.when.find(map + " has key " + name) != rule.when.npos;
  });
}

// Names that are nearly one of the contract's: a slip of the keyboard, not somebody's own variable.
std::string meant_by(const contracts::Contract& contract, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& variable : contract.variables) names.push_back(variable.name);
  return name.size() < 6 ? "" : nearest(name, names);
}

}  // namespace

Examination::Examination(const contracts::Contract& contract, const Said& said, setup::Interview interview)
    : contract_(contract),
      said_(said),
      interview_(std::move(interview)),
      whole_(!said.answers.empty() || !said.preset.empty()) {}

std::vector<Finding> Examination::run() && {
  if (said_.api) api_ = read_lines(*said_.api, "api");
  if (said_.web) web_ = read_lines(*said_.web, "web");
  for (const auto& [name, value] : said_.answers) interview_.take(name, {value, Origin::answers});
  for (const auto& [name, value] : api_)
    if (contract_.variable(name) != nullptr) interview_.take(name, {value, Origin::file});
  for (const auto& [name, value] : web_) {
    const auto* const variable = contract_.variable(name);
    const bool same = variable != nullptr && variable->of("web").meaning == variable->meaning;
    if (same && !interview_.answers().contains(name)) interview_.take(name, {value, Origin::file});
  }
  if (whole_) interview_.accept_suggestions();
  check_values();
  check_refusals();
  check_locked();
  check_profile();
  check_inputs();
  check_required();
  check_providers();
  check_references();
  check_addresses();
  check_hosts_and_origins();
  check_proxies();
  check_two_services();
  check_secrets();
  check_database();
  check_redis();
  check_mail();
  check_keys();
  check_worker();
  check_platform();
  check_names();
  check_sizes();
  check_habits();
  return std::move(found_);
}

// --- what is known

std::string Examination::api(std::string_view name) const {
  if (const auto own = api_.find(name); own != api_.end()) return own->second;
  if (const auto own = interview_.answers().find("api_env." + std::string(name));
      own != interview_.answers().end())
    return own->second.value;
  if (whole_) return interview_.effective(name);
  if (const auto own = interview_.answers().find(name); own != interview_.answers().end())
    return own->second.value;
  const auto* const variable = contract_.variable(name);
  return variable == nullptr ? "" : variable->of("api").fallback.value_or("");
}

std::string Examination::web(std::string_view name) const {
  if (const auto own = web_.find(name); own != web_.end()) return own->second;
  if (const auto own = interview_.answers().find("web_env." + std::string(name));
      own != interview_.answers().end())
    return own->second.value;
  return said_.web ? contract_.variable(name)->of("web").fallback.value_or("") : api(name);
}

std::string Examination::input(std::string_view name) const {
  return whole_ && interview_.target() != nullptr ? interview_.effective(name) : "";
}

bool Examination::is_given(std::string_view name) const {
  if (api_.contains(name) || web_.contains(name)) return true;
  if (interview_.answers().contains(name)) return true;
  for (const auto& one : contract_.inputs)
    if (one.feeds == name && interview_.answers().contains(one.name)) return true;
  return false;
}

bool Examination::is_elsewhere(std::string_view name) const {
  for (const auto& role : contract_.roles)
    if (interview_.answers().contains(role.name + "_secrets." + std::string(name))) return true;
  const auto* const variable = contract_.variable(name);
  return whole_ && variable != nullptr && interview_.is_brought(*variable);
}

bool Examination::is_hosted() const {
  return !net::is_on_this_machine(api("APP_PUBLIC_URL"));
}

// --- findings

// An input and the variable that it feeds are one thing, and so is its entry in a map.
std::string Examination::canonical(std::string_view subject) const {
  if (const auto dot = subject.find('.'); dot != subject.npos) return std::string(subject.substr(dot + 1));
  const auto* const input = contract_.input(subject);
  return input != nullptr && !input->feeds.empty() ? input->feeds : std::string(subject);
}

std::string Examination::place_of(std::string_view name) const {
  const auto twin = std::string(name) + std::string(kFile);
  const auto has = [&](const auto& lines) {
    return lines && (lines->contains(name) || lines->contains(twin));
  };
  const auto where = has(said_.api)                              ? "the API's file of settings"
                     : has(said_.web)                            ? "the web application's file of settings"
                     : said_.answers.contains(std::string(name)) ? "the answers"
                                                                 : "";
  return *where == '\0' ? std::string(name) + " is given nowhere" : std::string(name) + " in " + where;
}

void Examination::report(std::string_view id, std::string_view subject, std::string says,
                         std::string evidence, const std::string& fix) {
  auto one = found(id, std::move(says), evidence.empty() ? place_of(subject) : std::move(evidence), fix);
  const auto [known, added] = covered_.emplace(canonical(subject), one.severity);
  if (!added && known->second >= one.severity) return;
  known->second = one.severity;
  found_.push_back(std::move(one));
}

// --- files

Examination::Values Examination::read_lines(const EnvValues& lines, std::string_view role) {
  Values values;
  for (const auto& [name, value] : lines) {
    check_name(name, role);
    if (!value.empty() && contract_.variable(name) != nullptr) values[name] = value;
  }
  for (const auto& [name, path] : lines) {
    const auto subject = setup::subject_of(contract_, name);
    if (subject.empty() || subject == name || path.empty()) continue;
    const auto text = read_file(path, kMostOfSecret);
    const auto secret = text ? without_line_end(*text) : "";
    if (lines.contains(subject) && !lines.at(subject).empty())
      report("twin.both", subject, subject + " is set, and so is " + name + ".");
    else
      check_twin(name, path, secret);
    if (text)
      values[subject] = secret;
    else
      values.erase(subject);
  }
  return values;
}

void Examination::check_name(std::string_view name, std::string_view role) {
  const auto subject = setup::subject_of(contract_, std::string(name));
  const auto* const variable = contract_.variable(subject.empty() ? name : std::string_view(subject));
  if (variable == nullptr) {
    if (name.ends_with(kFile) && contract_.variable(name.substr(0, name.size() - kFile.size())) != nullptr)
      return report("twin.no_secret", name,
                    std::string(name) + " is not read: only secrets have such a twin.");
    if (const auto near = meant_by(contract_, name); !near.empty())
      report("name.unknown", name, "Nothing reads " + std::string(name) + "; " + near + " is near.", "",
             "rename it to " + near + ", or remove it");
    return;
  }
  if (!variable->unused.empty())
    return report("name.unused", name, "Nothing reads " + std::string(name) + ": " + variable->unused + ".");
  if (role == "web" && variable->secret && !variable->is_read_by("web"))
    report("name.foreign_secret", name,
           "The web application is given " + variable->name + ", a secret that it doesn't read.",
           std::string(name) + " in the web application's file of settings");
}

void Examination::check_twin(const std::string& name, const std::string& path, std::string_view secret) {
  const auto subject = name.substr(0, name.size() - kFile.size());
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || ::access(path.c_str(), R_OK) != 0)
    return report("twin.unreadable", subject, name + " names a file that can't be read.");
  const auto size = std::filesystem::file_size(path, error);
  if (size > kMostOfSecret) return report("twin.size", subject, name + " names a file larger than 64 KiB.");
  if (secret.empty()) return report("twin.empty", subject, name + " names an empty file.");
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 07) != 0)
    report("twin.mode", subject, "The file that " + name + " names can be read by everybody.", "",
           "chmod 600 '" + path + "'");
}

// --- rules

void Examination::check_values() {
  const auto judge = [&](const Variable& variable, const std::string& name, const std::string& value) {
    if (const auto problem = contracts::problem_of_value(variable, value); !problem.empty())
      report(kind_of(variable, problem), name, name + " " + problem + ".", "",
             "it takes " + contracts::type_text(variable));
  };
  check_encoding();
  for (const auto& [name, answer] : interview_.answers()) {
    const auto* const variable = contract_.variable(name);
    // How long secrets must be, several at a time, is one of the services' rules.
    const bool rules_say = variable != nullptr && variable->secret && variable->type == Type::string &&
                           !variable->since.empty() && said_.api;
    if (variable != nullptr && !rules_say) judge(*variable, name, answer.value);
    const auto dot = name.find("_env.");
    if (dot == name.npos) continue;
    const auto inner = name.substr(dot + 5);
    if (const auto* const one = contract_.variable(inner); one != nullptr)
      judge(one->of(name.substr(0, dot)), inner, answer.value);
  }
  for (const auto& [name, value] : web_) {
    const auto& own = contract_.variable(name)->of("web");
    if (!own.secret || !said_.api) judge(own, name, value);
  }
}

void Examination::check_refusals() {
  setup::Values values;
  if (whole_)
    for (const auto& [name, answer] : interview_.settled()) values[name] = answer.value;
  for (const auto& [name, answer] : interview_.answers()) {
    if (name.starts_with("api_env.")) values[name.substr(8)] = answer.value;
    if (const auto* const one = contract_.variable(name); one != nullptr && one->secret)
      values.emplace(name, answer.value);
  }
  for (const auto& [name, value] : api_) values[name] = value;
  if (!said_.api && !whole_) return;
  for (const auto& problem : setup::refused_by_services(contract_, std::move(values))) {
    const auto* const variable = contract_.variable(problem.variable);
    const bool missing = !is_given(problem.variable) && whole_;  // asked for, or made, later
    if (problem.code == "required" || variable == nullptr || missing || is_elsewhere(problem.variable))
      continue;
    report(problem.code, problem.variable, problem.variable + " " + problem.what + ".", "", problem.fix);
  }
}

void Examination::check_locked() {
  if (said_.profile.empty()) return;
  const auto profile = std::ranges::find(contract_.profiles, said_.profile, &contracts::Profile::name);
  for (const auto& [name, value] : profile->locked) {
    const auto fixed = interview_.fixed_value_of(name).value_or(value);
    if (const auto own = interview_.answers().find(name);
        own != interview_.answers().end() && own->second.value != fixed)
      report("profile.locked", name, "The profile " + profile->name + " fixes " + name + " to " + fixed + ".",
             "", "remove it, or choose another profile");
  }
}

void Examination::check_profile() {
  const auto profile = std::ranges::find(contract_.profiles, interview_.profile(), &contracts::Profile::name);
  for (const auto& rule : profile->rules) {
    const auto names = contract_.condition(rule.when).names();
    // A default of a feature that this release doesn't have harms nobody.
    const auto of_env = [&](std::string_view name) -> std::string {
      if (is_elsewhere(name)) return "set";
      const auto* const variable = contract_.variable(name);
      const bool idle = !whole_ && variable != nullptr && variable->since.empty() && !is_given(name);
      return idle ? "" : api(name);
    };
    if (!contract_.condition(rule.when).holds(of_env)) continue;
    report("profile." + names.front(), names.front(), rule.refuse, "", rule.fix);
  }
}

void Examination::check_inputs() {
  if (!whole_ || interview_.target() == nullptr) return;
  for (const auto& one : contract_.inputs) {
    const auto value = input(one.name);
    if (!one.is_on(interview_.target()->name) || (one.required && value.empty())) continue;
    for (const auto& rule : one.rules)
      if (interview_.holds(rule.when)) report("input." + one.name, one.name, rule.refuse);
  }
}

// A profile that nobody named fixes nothing: what a file says itself decides. And what a rule refuses is
// no gap, check_profile() has said it.
bool Examination::is_needed(const Variable& variable, std::string_view because) const {
  if (because.starts_with("the profile") || because == "nothing runs without it") return true;
  return because.starts_with("needed when") &&
         (whole_ || contract_.condition(variable.required_when).holds([&](std::string_view name) {
           return api(name);
         }));
}

void Examination::check_required() {
  for (const auto& question : interview_.questions()) {
    const auto* const variable = contract_.variable(question.name);
    if (question.because.empty() || is_given(question.name) || is_elsewhere(question.name)) continue;
    if (variable == nullptr && !whole_) continue;  // an env file alone holds no inputs
    if (variable != nullptr) {
      const bool of_api = variable->is_read_by("api") || variable->is_read_by("worker");
      const bool asked = whole_ || (of_api && said_.api) || (variable->is_read_by("web") && said_.web);
      if (!asked || variable->since.empty() || !is_needed(*variable, question.because)) continue;
    }
    const bool by_profile = question.because.starts_with("the profile");
    report(by_profile                                      ? "required.profile"
           : question.because == "nothing runs without it" ? "required.always"
           : variable == nullptr                           ? "required.input"
                                                           : "required.when",
           question.name, question.name + " is missing: " + question.because + ".", "",
           question.secret ? "set it, or " + question.name + "_FILE" : "set it: " + question.takes);
  }
  // What a set-up makes by itself is only missing from a file that is there.
  for (const auto& variable : contract_.variables) {
    const bool of_file = (said_.api && (variable.is_read_by("api") || variable.is_read_by("worker"))) ||
                         (said_.web && variable.is_read_by("web"));
    if (variable.generated == 0 || variable.since.empty() || !of_file) continue;
    const auto because = interview_.need_of(variable);
    if (because.empty() || is_given(variable.name) || is_elsewhere(variable.name)) continue;
    report("required.secret", variable.name, variable.name + " is missing: " + because + ".");
  }
}

void Examination::check_providers() {
  const std::pair<std::string_view, const std::vector<contracts::Provider>*> choosers[] = {
      {"SECRETS_PROVIDER", &contract_.secret_managers}, {"STORAGE_PROVIDER", &contract_.object_stores}};
  for (const auto& [chooser, all] : choosers) {
    const auto value = api(chooser);
    const auto provider = std::ranges::find_if(
        *all, [&](const auto& one) { return one.name == value || contains(one.aliases, value); });
    if (provider == all->end() || !is_given(chooser)) continue;
    // Keys in a file and the default beside them: nobody chose it, and nothing asks it.
    if (chooser == "SECRETS_PROVIDER" &&
        contract_.condition("no_secret_manager").holds([this](auto name) { return api(name); }))
      continue;
    const auto has = [&](const std::string& name) {
      return !api(name).empty() || is_elsewhere(name) || (provider->bucket == name && whole_);
    };
    std::string missing;
    for (const auto& name : provider->required)
      if (!has(name)) missing += (missing.empty() ? "" : ", ") + name;
    if (!missing.empty())
      report("provider.incomplete", chooser, provider->title + " needs " + missing + ".", "",
             "set " + missing);
    else if (!provider->one_of.empty() && std::ranges::none_of(provider->one_of, has))
      report("provider.one_of", chooser,
             provider->title + " needs one of " + provider->one_of[0] + " and " + provider->one_of[1] + ".");
  }
}

// A value where a reference belongs stands in the state for everyone to read.
void Examination::check_references() {
  const auto* const target = whole_ ? interview_.target() : nullptr;
  for (const auto& [role, map, plain] : maps_of_roles(contract_)) {
    for (const auto& [name, reference] : interview_.entries(map)) {
      const auto* const secret = contract_.variable(name);
      if (secret != nullptr && secret->secret && !secret->is_read_by(role) &&
          !is_ruled_out(contract_, map, name))
        report("secret.foreign", map + "." + name,
               map + " names " + name + ", a secret that this role doesn't read.", name + " in " + map);
      if (target != nullptr && target->reference && !target->reference->matches(reference))
        report("secret.no_reference", map + "." + name,
               map + "." + name + " is no reference to a secret on " + target->title + ".",
               name + " in " + map, "write it like " + target->reference_example);
      if (interview_.answers().contains(plain + "." + name))
        report("secret.in_both", map + "." + name, name + " is in " + plain + " and in " + map + ".",
               name + " in both");
    }
    for (const auto& [name, value] : interview_.entries(plain)) {
      const auto* const variable = contract_.variable(name);
      const bool both = interview_.answers().contains(map + "." + name);
      if (variable != nullptr && variable->secret && !both && !is_ruled_out(contract_, plain, name))
        report("secret.in_the_open", plain + "." + name, name + " is a secret and stands in " + plain + ".",
               name + " in " + plain);
    }
  }
}

}  // namespace starter::console::checks
