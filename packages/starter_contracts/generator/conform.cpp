#include "starter/contracts/conform.h"

#include <algorithm>

namespace starter::contracts {

const std::map<std::string, std::string>& finding_codes() {
  static const std::map<std::string, std::string> codes{
      {"declared.differs", "What a target says about itself is not what it renders"},
      {"output.missing", "A Terraform root lacks an output of the contract"},
      {"probe.missing", "A role lacks a probe that the target has"},
      {"probe.path", "A probe asks for another path"},
      {"reference.empty", "A secret refers to nothing"},
      {"reference.shared", "Two secrets of a role refer to the same one"},
      {"role.command", "A role runs another command"},
      {"role.image", "A role has no image, or the migration has another one than the API"},
      {"role.missing", "A target lacks a role"},
      {"role.port", "A role listens on another port"},
      {"variable.derived", "A derived value is not what it derives from"},
      {"variable.differs", "Two targets give the same variable different values"},
      {"variable.extra", "A role gets a variable that it doesn't read, or that the target leaves out"},
      {"variable.foreign_secret", "A role is given a secret that it doesn't read"},
      {"variable.literal_secret", "A secret is given in the open"},
      {"variable.missing", "A role lacks a variable that it needs"},
      {"variable.reserved", "A variable is set that the platform sets itself"},
      {"variable.twice", "A role gets a variable twice"},
      {"variable.unknown", "A role gets a variable that nobody declared"},
      {"variable.value", "A value is not allowed"},
  };
  return codes;
}

namespace {

std::string literal(const RenderedRole& role, const std::string& name) {
  const auto found = role.env.find(name);
  return found == role.env.end() || found->second.reference ? "" : found->second.text;
}

std::string host_of(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == url.npos) return "";
  auto host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return host.substr(0, host.find(':'));
}

class Checker {
 public:
  explicit Checker(const Contract& contract) : contract_(contract) {}

  void target(const RenderedTarget& rendered) {
    rendered_ = &rendered;
    target_ = contract_.target(rendered.name);
    for (const auto& role : contract_.roles) {
      const auto found = rendered.roles.find(role.name);
      if (found != rendered.roles.end()) one(role, found->second);
      // A worker of its own is a choice; the others are the deployment.
      else if (role.name != "worker" || rendered.declared.contains("worker"))
        add("role.missing", role.name, "", "is not rendered", "render it");
    }
    outputs();
    declared();
  }

  void between(const std::vector<RenderedTarget>& targets) {
    for (size_t i = 0; i < targets.size(); ++i)
      for (size_t j = i + 1; j < targets.size(); ++j) compare(targets[i], targets[j]);
  }

  std::vector<Finding> findings;

 private:
  void add(const std::string& code, const std::string& role, const std::string& name, const std::string& what,
           const std::string& fix) {
    findings.push_back({code, rendered_->name, role, name, what, fix});
  }

  void one(const Role& role, const RenderedRole& given) {
    if (given.image.empty()) add("role.image", role.name, "", "has no image", "set the image");
    if (role.name == "migrate") {
      const auto api = rendered_->roles.find("api");
      if (api != rendered_->roles.end() && api->second.image != given.image)
        add("role.image", role.name, "", "runs another image than the API", "use the image of the API");
    }
    if (given.command != role.command)
      add("role.command", role.name, "", "runs another command", "use the command of roles.yaml");
    // A worker serves nothing but its probes; not every platform says a port for that.
    if (given.port != role.port && (role.name != "worker" || given.port != 0))
      add("role.port", role.name, "", "listens on " + std::to_string(given.port),
          "use " + std::to_string(role.port));
    probes(role, given);
    for (const auto& [name, entry] : given.env) variable(role, given, name, entry);
    needed(role, given);
    references(role, given);
  }

  void probes(const Role& role, const RenderedRole& given) {
    for (const auto& [kind, probe] : role.probes) {
      // Nothing is in front of the worker.
      const bool asked = role.name != "worker" || !std::ranges::count(target_->probes_of_balancer, kind);
      const auto found = given.probes.find(kind);
      if (found != given.probes.end() && found->second != probe.path)
        add("probe.path", role.name, kind, "asks for " + found->second, "ask for " + probe.path);
      else if (found == given.probes.end() && asked && std::ranges::count(target_->probes, kind))
        add("probe.missing", role.name, kind, "is not probed", "probe " + probe.path);
    }
  }

  void variable(const Role& role, const RenderedRole& given, const std::string& name, const Given& entry) {
    if (given.env.count(name) > 1 && given.env.find(name)->second == entry)
      add("variable.twice", role.name, name, "is given twice", "drop one of the two");
    if (std::ranges::count(target_->reserved, name))
      return add("variable.reserved", role.name, name, "is set by the platform itself", "leave it out");
    const auto* const declared = contract_.variable(name);
    if (declared == nullptr)
      return add("variable.unknown", role.name, name, "is not in the contract",
                 "declare it, or leave it out");
    if (declared->secret && !declared->is_read_by(role.name))
      return add("variable.foreign_secret", role.name, name, "is a secret that this role doesn't read",
                 "leave it out: whoever breaks into this role has it");
    if (!declared->is_read_by(role.name) || !declared->unused.empty())
      return add("variable.extra", role.name, name, "is not read by this role", "leave it out");
    const auto& delivery = declared->targets.at(target_->name);
    if (!delivery.omitted.empty())
      return add("variable.extra", role.name, name, "is left out here: " + delivery.omitted, "leave it out");
    if (entry.reference) {
      if (entry.text.empty()) add("reference.empty", role.name, name, "refers to nothing", "name the secret");
      return;
    }
    if (declared->secret)
      return add("variable.literal_secret", role.name, name, "is a secret in the open",
                 "give it by reference");
    const auto problem = problem_of_value(declared->of(role.name), entry.text);
    if (!problem.empty())
      return add("variable.value", role.name, name, "has a value that " + problem, "change it");
    derived(role, name, delivery, entry.text);
  }

  /// What a derived variable, or one that the role always has, must be. Empty when only the platform knows.
  std::string expected(const Role& role, const std::string& name, const Delivery& delivery) const {
    const bool worker = rendered_->roles.contains("worker");
    if (worker && role.when_worker_runs.contains(name)) return role.when_worker_runs.at(name);
    if (role.environment.contains(name)) return role.environment.at(name);
    if (delivery.from == "platform") return delivery.value;
    if (delivery.from != "derived") return "";
    if (delivery.value == "{app_public_url}") return literal(role.name, "APP_PUBLIC_URL");
    if (delivery.value == "{host of api_base_url}") return host_of(literal("web", "API_BASE_URL"));
    return delivery.value.starts_with('{') ? "" : delivery.value;
  }

  std::string literal(const std::string& role, const std::string& name) const {
    const auto found = rendered_->roles.find(role);
    return found == rendered_->roles.end() ? "" : contracts::literal(found->second, name);
  }

  void derived(const Role& role, const std::string& name, const Delivery& delivery,
               const std::string& value) {
    if (!rendered_->roles.contains("worker") && role.when_worker_runs.contains(name)) return;
    const auto wanted = expected(role, name, delivery);
    if (!wanted.empty() && wanted != value)
      add("variable.derived", role.name, name, "is " + value, "it follows to be " + wanted);
  }

  /// The value in effect for conditions: of this role, else of any, else the default. A reference counts as
  /// set.
  std::string in_effect(const RenderedRole& given, std::string_view name) const {
    const std::string wanted(name);
    const auto of = [&](const RenderedRole& role) {
      const auto found = role.env.find(wanted);
      return found == role.env.end() ? "" : found->second.text;
    };
    if (const auto own = of(given); !own.empty()) return own;
    for (const auto& [role, other] : rendered_->roles)
      if (const auto value = of(other); !value.empty()) return value;
    const auto* const declared = contract_.variable(name);
    return declared == nullptr ? "" : declared->fallback.value_or("");
  }

  bool is_needed(const Variable& variable, const Role& role, const RenderedRole& given) const {
    const auto& delivery = variable.targets.at(target_->name);
    if (!variable.is_read_by(role.name) || !delivery.omitted.empty()) return false;
    if (role.environment.contains(variable.name)) return true;
    const bool flag = role.when_worker_runs.contains(variable.name);
    if (flag) return rendered_->roles.contains("worker");
    if (!variable.required_when.empty())
      return contract_.condition(variable.required_when).holds([&](std::string_view name) {
        return in_effect(given, name);
      });
    if (delivery.from == "derived" || (delivery.from == "platform" && !delivery.value.empty())) return true;
    const auto* const input = contract_.input(delivery.input);
    return input != nullptr && input->type == InputType::string && input->is_on(target_->name) &&
           !input->feeds.empty();
  }

  void needed(const Role& role, const RenderedRole& given) {
    for (const auto& variable : contract_.variables)
      if (is_needed(variable, role, given) && !given.env.contains(variable.name))
        add("variable.missing", role.name, variable.name, "is missing",
            "give it " + variable.targets.at(target_->name).carry);
  }

  void references(const Role& role, const RenderedRole& given) {
    std::map<std::string, std::string> seen;
    for (const auto& [name, entry] : given.env) {
      if (!entry.reference || entry.text.empty()) continue;
      const auto [first, added] = seen.emplace(entry.text, name);
      if (!added && first->second != name)
        add("reference.shared", role.name, name, "refers to the secret of " + first->second,
            "give each its own");
    }
  }

  void outputs() {
    if (target_->kind != "terraform") return;
    for (const auto& output : contract_.outputs)
      if (output.is_on(target_->name) && !rendered_->outputs.contains(output.name))
        add("output.missing", "", output.name, "is no output", "add it: " + output.meaning);
  }

  void declared() {
    const auto lie = [&](const std::string& role, const std::string& name, const std::string& what) {
      add("declared.differs", role, name, what, "write both from the same local");
    };
    for (const auto& [name, role] : rendered_->declared)
      if (!rendered_->roles.contains(name)) lie(name, "", "is declared and not rendered");
    for (const auto& role : contract_.roles) {
      const auto real = rendered_->roles.find(role.name);
      if (real == rendered_->roles.end()) continue;
      const auto said = rendered_->declared.find(role.name);
      if (said == rendered_->declared.end()) {
        lie(role.name, "", "is rendered and not declared");
        continue;
      }
      if (said->second.image != real->second.image) lie(role.name, "", "declares another image");
      if (said->second.command != real->second.command) lie(role.name, "", "declares another command");
      if (said->second.port != real->second.port) lie(role.name, "", "declares another port");
      if (said->second.probes != real->second.probes) lie(role.name, "", "declares other probes");
      for (const auto& [name, entry] : said->second.env)
        if (!real->second.env.contains(name)) lie(role.name, name, "is declared and not given");
      for (const auto& [name, entry] : real->second.env) {
        const auto other = said->second.env.find(name);
        if (other == said->second.env.end())
          lie(role.name, name, "is given and not declared");
        else if (!(other->second == entry))
          lie(role.name, name, "is declared as something else");
      }
    }
  }

  /// Variables that mean the same on both targets have the same value there.
  void compare(const RenderedTarget& a, const RenderedTarget& b) {
    for (const auto& [name, role] : a.roles) {
      const auto other = b.roles.find(name);
      if (other == b.roles.end()) continue;
      for (const auto& [variable, entry] : role.env) {
        const auto value = contracts::literal(other->second, variable);
        const auto* const declared = contract_.variable(variable);
        if (entry.reference || value.empty() || declared == nullptr || is_own(*declared, a.name, b.name))
          continue;
        rendered_ = &b;
        if (value != entry.text)
          add("variable.differs", name, variable, "is " + value + ", and " + entry.text + " on " + a.name,
              "make them the same");
      }
    }
  }

  /// Whether the contract itself tells two targets apart in this variable.
  bool is_own(const Variable& variable, const std::string& a, const std::string& b) const {
    const auto& one = variable.targets.at(a);
    const auto& other = variable.targets.at(b);
    if (one.value != other.value || one.from != other.from || one.input != other.input) return true;
    const auto* const input = contract_.input(one.input);
    return input != nullptr && (input->per_target || !input->fallbacks.empty());
  }

  const Contract& contract_;
  const RenderedTarget* rendered_ = nullptr;
  const Target* target_ = nullptr;
};

}  // namespace

std::vector<Finding> check_targets(const Contract& contract, const std::vector<RenderedTarget>& targets) {
  Checker checker(contract);
  for (const auto& target : targets) checker.target(target);
  checker.between(targets);
  return std::move(checker.findings);
}

std::string matrix_of(const Contract& contract, const std::vector<RenderedTarget>& targets) {
  std::string out;
  for (const auto& role : contract.roles) {
    std::set<std::string> names;
    size_t widest = role.name.size();
    for (const auto& target : targets)
      if (const auto found = target.roles.find(role.name); found != target.roles.end())
        for (const auto& [name, entry] : found->second.env)
          names.insert(name), widest = std::max(widest, name.size());
    const auto padded = [](std::string text, size_t width) {
      text.resize(std::max(width, text.size()), ' ');
      return text;
    };
    out += padded(role.name, widest);
    for (const auto& target : targets) out += "  " + padded(target.name, 10);
    out += "\n";
    for (const auto& name : names) {
      out += padded(name, widest);
      for (const auto& target : targets) {
        const auto found = target.roles.find(role.name);
        std::string cell = "-";
        if (found != target.roles.end())
          if (const auto entry = found->second.env.find(name); entry != found->second.env.end())
            cell = entry->second.reference ? "reference" : "plain";
        out += "  " + padded(cell, 10);
      }
      while (out.ends_with(' ')) out.pop_back();
      out += "\n";
    }
    out += "\n";
  }
  return out;
}

}  // namespace starter::contracts
