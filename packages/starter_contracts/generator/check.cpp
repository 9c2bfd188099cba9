// What must hold between the parts of the contract: every name exists, every value fits, no secret is carried
// in the open, nothing is declared for nobody.
#include <algorithm>
#include <cmath>
#include <set>

#include "parts.h"

namespace starter::contracts {

namespace {

bool contains(const auto& all, std::string_view one) {
  return std::ranges::find(all, one) != std::ranges::end(all);
}

class Checker {
 public:
  Checker(const Contract& contract, Faults& faults) : contract_(contract), faults_(faults) {
    for (const auto& variable : contract.variables) names_.insert(variable.name);
  }

  void run() {
    for (const auto& variable : contract_.variables) {
      at_ = variable.place;
      about_ = variable.name;
      declaration(variable);
      values(variable);
      deliveries(variable);
    }
    features();
    inputs();
    outputs();
    roles();
    providers(contract_.secret_managers, "SECRETS_PROVIDER");
    providers(contract_.object_stores, "STORAGE_PROVIDER");
    profiles();
  }

 private:
  void add(std::string what, std::string fix) { faults_.add(at_, about_ + " " + what, std::move(fix)); }

  std::string like(const std::string& name) const {
    const auto near = nearest(name, names_);
    return near.empty() ? "declare it in environment/" : "write " + near + ", or declare it in environment/";
  }

  /// The names in a condition are variables or inputs.
  void condition(const std::string& text) {
    if (text.empty()) return;
    const auto parsed = Condition::parse(text, [&](std::string_view word) {
      const auto found = std::ranges::find(contract_.conditions, word, &NamedCondition::name);
      return found == contract_.conditions.end() ? "" : found->when;
    });
    if (!parsed)
      return add("has a condition that can't be read: " + parsed.error(),
                 "docs/contracts/conditions.md has the grammar");
    for (const auto& name : parsed->names())
      if (contract_.variable(name) == nullptr && contract_.input(name) == nullptr)
        add("has a condition about " + name + ", which is neither a variable nor an input", like(name));
  }

  void declaration(const Variable& variable) {
    static const auto kName = *Pattern::parse("[A-Z][A-Z0-9_]*(<[A-Z]+>[A-Z0-9_]*)?");
    if (!kName.matches(variable.name)) add("is no name of a variable", "use capitals, digits and _");
    if (!declared_.insert(variable.name).second) add("is declared twice", "remove one of the two");
    for (const auto& alias : variable.aliases)
      if (!declared_.insert(alias).second || names_.contains(alias))
        add("has the alias " + alias + ", which is declared itself", "remove one of the two");
    for (const auto& role : variable.roles)
      if (!contains(kReaders, role))
        add("is read by an unknown role " + role, "use a role of roles.yaml, console, compose or tools");
    if (variable.meaning.ends_with('.') || variable.meaning.size() > 140)
      add("has a meaning that is no short sentence without a full stop", "use at most 140 characters");
    if (!variable.awaits.empty() && !contract_.features.contains(variable.awaits))
      add("waits for an unknown feature " + variable.awaits, "name it in features.yaml");
    condition(variable.required_when);
    if (variable.generated == 0) return;
    if (!variable.secret || variable.type != Type::string)
      add("is generated and no secret text", "remove generated, or add secret: true");
    // Letters and digits carry 5.9 bits each; below 22 of them a secret could be guessed.
    if (variable.generated < std::max(22.0, variable.min.value_or(0)))
      add("is generated too short", "generate at least 22 characters, and at least min");
  }

  void values(const Variable& variable) {
    fits(variable);
    for (const auto& [role, other] : variable.by_role) {
      if (!variable.is_read_by(role))
        add("is not read by " + role + " and says how", "add the role, or remove by_role");
      fits(other);
    }
    for (const auto& [alias, value] : variable.value_aliases)
      if (!contains(variable.allowed, value))
        add("has an alias of " + value + ", which isn't allowed", "write an allowed value");
  }

  void fits(const Variable& variable) {
    const bool takes_allowed =
        variable.type == Type::choice || variable.type == Type::csv || variable.type == Type::url;
    if (variable.type == Type::choice && variable.allowed.empty())
      add("is an enum without values", "add allowed: [...]");
    if (!variable.allowed.empty() && !takes_allowed)
      add("has allowed values and is no enum, csv or url", "change its type");
    if (variable.min && variable.max && *variable.min > *variable.max)
      add("has a least above its most", "swap min and max");
    range_of_number(variable);
    if (variable.values != 1 && (!variable.secret || variable.type != Type::string || !variable.min))
      add("has several values and is no secret text with a least length",
          "remove values, or add secret: true and min");
    if (!variable.fallback) return;
    const auto problem = problem_of_value(variable, *variable.fallback);
    if (!problem.empty()) add("has a default that " + problem, "change the default or what is allowed");
    // A default of a secret is known to everyone; only an address of this machine is none.
    if (variable.secret && (variable.type != Type::url || variable.fallback->find('@') != std::string::npos))
      add("is a secret with a default", "remove the default");
  }

  // Everything that is written from a range says it in whole numbers, and JSON Schema as a pattern of digits.
  void range_of_number(const Variable& variable) {
    if (variable.type != Type::integer && variable.type != Type::number) return;
    const auto is_size = [](const auto& end) { return !end || (*end >= 0 && *end == std::floor(*end)); };
    if (!is_size(variable.min) || !is_size(variable.max))
      add("has a range that ends at a fraction or below 0", "write whole numbers from 0 on");
    if (variable.max && !variable.min) add("has a most and no least", "add min");
  }

  void deliveries(const Variable& variable) {
    const bool in_container = std::ranges::any_of(variable.roles, is_container);
    for (const auto& [name, delivery] : variable.targets) {
      if (!delivery.omitted.empty()) continue;
      const auto* const target = contract_.target(name);
      if (target == nullptr) continue;
      if (variable.secret && delivery.carry == "plain")
        add("is a secret and carried in plain on " + name, "use carry: reference");
      if (contains(target->reserved, variable.name))
        add("is reserved on " + name, "leave it out there: {omit: reason}");
      if (!delivery.input.empty() && contract_.input(delivery.input) == nullptr)
        add("comes from an unknown input " + delivery.input, "name it in deployment.yaml");
      if (!in_container && !contains(variable.roles, "compose"))
        add("reaches no container and is carried on " + name, "leave it out: {omit: reason}");
    }
  }

  void features() {
    for (const auto& [name, about] : contract_.features) {
      const bool awaited =
          std::ranges::any_of(contract_.variables, [&](const auto& one) { return one.awaits == name; });
      if (!awaited) faults_.add({"features.yaml", 1}, name + " is waited for by nothing", "remove it");
    }
  }

  void inputs() {
    for (const auto& input : contract_.inputs) {
      at_ = input.place;
      about_ = input.name;
      if (!input.feeds.empty() && contract_.variable(input.feeds) == nullptr)
        add("feeds an unknown variable " + input.feeds, like(input.feeds));
      if (input.required && input.fallback) add("is required and has a default", "keep one of the two");
      condition(input.required_when);
      for (const auto& target : input.only)
        if (contract_.target(target) == nullptr)
          add("is for an unknown target " + target, "use one of targets.yaml");
      for (const auto& rule : input.rules) {
        at_ = rule.place;
        condition(rule.when);
        // Terraform insists on it, and it reads better everywhere.
        if (!rule.refuse.ends_with('.'))
          add("refuses with something that is no sentence", "end it with a full stop");
      }
    }
  }

  void outputs() {
    for (const auto& output : contract_.outputs) {
      at_ = output.place;
      about_ = output.name;
      for (const auto& target : output.only)
        if (contract_.target(target) == nullptr)
          add("is for an unknown target " + target, "use one of targets.yaml");
    }
  }

  void roles() {
    for (const auto& role : contract_.roles) {
      at_ = role.place;
      about_ = role.name;
      if (contract_.input(role.image) == nullptr)
        add("has an image that no input names", "name an input of deployment.yaml");
      if (role.command.empty()) add("has no command", "add command: [...]");
      for (const auto& [kind, probe] : role.probes)
        if (!contains(std::initializer_list<std::string_view>{"liveness", "readiness", "startup"}, kind) ||
            !probe.path.starts_with('/'))
          add("has a probe " + kind + " that can't be",
              "use liveness, readiness or startup, and a path that begins with /");
      if (role.port > 0 && role.probes.size() != 3)
        add("serves and lacks a probe", "give liveness, readiness and startup");
      for (const auto* environment : {&role.environment, &role.when_worker_runs})
        assigned(*environment, role.name);
    }
  }

  /// Variables with values, as roles and profiles set them.
  void assigned(const std::map<std::string, std::string>& values, std::string_view role = {}) {
    for (const auto& [name, value] : values) {
      const auto* const variable = contract_.variable(name);
      if (variable == nullptr) {
        add("sets an unknown variable " + name, like(name));
        continue;
      }
      if (!role.empty() && !variable->is_read_by(role))
        add("sets " + name + ", which it doesn't read", "add the role to " + name);
      if (variable->secret) add("sets the secret " + name, "remove it");
      const auto problem = problem_of_value(variable->of(role), value);
      if (!problem.empty())
        add("sets " + name + " to something that " + problem, "use a value that is allowed");
    }
  }

  void known(const std::vector<std::string>& names) {
    for (const auto& name : names)
      if (contract_.variable(name) == nullptr) add("needs an unknown variable " + name, like(name));
  }

  void providers(const std::vector<Provider>& all, const char* chooser) {
    const auto* const variable = contract_.variable(chooser);
    for (const auto& provider : all) {
      at_ = provider.place;
      about_ = provider.name;
      if (variable == nullptr || !contains(variable->allowed, provider.name))
        add(std::string("is no value of ") + chooser, "add it to its allowed values");
      for (const auto& alias : provider.aliases)
        if (variable != nullptr && !variable->value_aliases.contains(alias))
          add("has the alias " + alias + ", which " + chooser + " doesn't take",
              "add it to aliases_of_values");
      for (const auto* names : {&provider.required, &provider.one_of, &provider.optional}) known(*names);
      for (const auto& prompt : provider.prompts)
        if (!contains(provider.required, prompt.variable) && !contains(provider.optional, prompt.variable) &&
            !contains(provider.one_of, prompt.variable))
          add("asks for " + prompt.variable + ", which it doesn't take",
              "add it to required, one_of or optional");
    }
  }

  void profiles() {
    at_ = {"profiles.yaml", 1};
    for (const auto& profile : contract_.profiles) {
      about_ = profile.name;
      assigned(profile.defaults);
      assigned(profile.locked);
      known(profile.required);
      for (const auto& rule : profile.rules) {
        at_ = rule.place;
        condition(rule.when);
        if (!rule.refuse.ends_with('.') || !rule.fix.ends_with('.'))
          add("refuses with something that is no sentence", "end refuse and fix with a full stop");
      }
      at_ = {"profiles.yaml", 1};
    }
    for (const auto& preset : contract_.presets) {
      about_ = preset.name;
      assigned(preset.defaults);
      for (const auto& profile : preset.profiles)
        if (!std::ranges::count(contract_.profiles, profile, &Profile::name))
          add("allows an unknown profile " + profile, "use one of profiles");
      for (const auto& cloud : preset.clouds)
        if (!std::ranges::count(contract_.clouds, cloud, &Cloud::name))
          add("offers an unknown cloud " + cloud, "use one of clouds");
    }
    for (const auto& cloud : contract_.clouds) {
      about_ = cloud.name;
      assigned(cloud.defaults);
      known(cloud.brings);
      if (contract_.target(cloud.target) == nullptr)
        add("has an unknown target " + cloud.target, "use one of targets.yaml");
    }
  }

  const Contract& contract_;
  Faults& faults_;
  std::set<std::string> names_, declared_;
  Place at_;
  std::string about_;
};

}  // namespace

void check(const Contract& contract, Faults& faults) {
  Checker(contract, faults).run();
}

}  // namespace starter::contracts
