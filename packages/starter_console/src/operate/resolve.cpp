#include "operate/resolve.h"

#include <algorithm>
#include <set>

#include "operate/service_secrets.h"
#include "starter/contracts/built_in.h"

namespace starter::console::operate {

namespace table = contracts::table;

namespace {

class Resolver {
 public:
  Resolver(const settings::Source& source, std::map<std::string, Secret> managed)
      : source_(source),
        managed_(std::move(managed)) {}

  Outcome<> add(const table::Variable& variable) {
    const std::string name(variable.name);
    seen_.insert(name);
    if (variable.secret) seen_.insert(name + "_FILE");
    Resolved one{.name = name, .source = {}, .value = {}};
    if (variable.secret) {
      CHECKED(read_secret(one));
    } else if (const auto said = source_.environment(name); said && !said->empty()) {
      one.source = "environment", one.value = Secret(*said);
    } else if (const auto found = source_.env_file.find(name); found != source_.env_file.end()) {
      one.source = "file", one.value = Secret(found->second);
    }
    if (one.value.empty() && managed_.contains(name))
      one.source = "secret manager", one.value = managed_.at(name);
    if (one.value.empty() && variable.has_fallback)
      one.source = "default", one.value = Secret(std::string(variable.fallback));
    if (!one.value.empty()) all_.push_back(std::move(one));
    return {};
  }

  std::vector<Resolved> finish() {
    for (const auto& [name, value] : source_.env_file) {
      if (seen_.contains(name)) continue;
      const auto said = source_.environment(name);
      if (!said || said->empty()) all_.push_back({name, "file", Secret(value)});
    }
    std::ranges::sort(all_, {}, &Resolved::name);
    return std::move(all_);
  }

 private:
  // The services' own rules for NAME and NAME_FILE.
  Outcome<> read_secret(Resolved& one) {
    const settings::Setting table[] = {{.name = one.name, .secret = true}};
    const auto loaded = settings::Settings::load(table, source_);
    if (!loaded) {
      const auto& problem = loaded.error().front();
      return Failure{.code = "settings.invalid",
                     .what = "The environment of the command can't be made.",
                     .why = problem.variable + " " + problem.what + ".",
                     .fix = "starter-console contract show " + problem.variable + "   # " + problem.fix};
    }
    one.value = loaded->secret(one.name);
    const auto in = [&](const std::string& name) {
      const auto said = source_.environment(name);
      return said && !said->empty();
    };
    const auto in_file = source_.env_file.contains(one.name);
    one.source = in(one.name)             ? "environment"
                 : in(one.name + "_FILE") ? "secret file"
                 : in_file                ? "file"
                                          : "secret file";
    return {};
  }

  const settings::Source& source_;
  const std::map<std::string, Secret> managed_;
  std::set<std::string> seen_;
  std::vector<Resolved> all_;
};

bool is_said(const settings::Source& source, const std::string& name) {
  for (const auto& one : {name, name + "_FILE"}) {
    const auto said = source.environment(one);
    if ((said && !said->empty()) || source.env_file.contains(one)) return true;
  }
  return false;
}

Outcome<std::map<std::string, Secret>> from_manager(const settings::Source& source, SecretManager& manager,
                                                    const std::string& prefix, table::Reader role) {
  std::map<std::string, Secret> found;
  const auto names = CHECKED(manager.list(prefix));
  for (const auto* variable : service_secrets(contracts::built_in())) {
    const auto* const row = table::find(variable->name, role);
    const bool wanted = row != nullptr && (row->roles & role) != 0 && !is_said(source, variable->name);
    if (!wanted || std::ranges::find(names, prefix + variable->name) == names.end()) continue;
    if (auto stored = CHECKED(manager.get(prefix + variable->name))) found[variable->name] = stored->value;
  }
  return found;
}

}  // namespace

Outcome<std::vector<Resolved>> resolve_environment(const settings::Source& source, table::Reader role,
                                                   SecretManager* manager, const std::string& prefix) {
  std::map<std::string, Secret> managed;
  if (manager != nullptr) managed = CHECKED(from_manager(source, *manager, prefix, role));
  Resolver resolver(source, std::move(managed));
  for (const auto& variable : table::variables()) {
    const bool read = (variable.roles & role) != 0 && !variable.since.empty();
    const bool its_own = variable.reading == role;
    const bool shared = variable.reading == 0 && table::find(variable.name, role) == &variable;
    if (read && (its_own || shared) && variable.name.find('<') == variable.name.npos)
      CHECKED(resolver.add(variable));
  }
  return resolver.finish();
}

}  // namespace starter::console::operate
