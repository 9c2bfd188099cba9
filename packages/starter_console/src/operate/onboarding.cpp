#include "operate/onboarding.h"

#include <algorithm>

#include "frame/invocation.h"
#include "setup/interview.h"
#include "starter/core/private_file.h"
#include "starter/core/range.h"
#include "starter/core/text.h"
#include "system/files.h"

namespace starter::console::operate {

using contracts::Contract;
using contracts::Provider;

namespace {

constexpr std::string_view kFile = "_FILE";
constexpr std::string_view kKeyset = "AUTH_KEY_SECRET_NAME";

std::string trimmed_file(const std::string& path) {
  return without_line_end(read_text_file(path, 64 * 1024));
}

}  // namespace

Onboarding::Onboarding(const Contract& contract, const Provider& provider)
    : contract_(&contract),
      provider_(&provider) {}

Onboarding Onboarding::of_secrets(const Contract& contract, const Provider& provider, bool signing,
                                  bool keys) {
  Onboarding out(contract, provider);
  out.signing_ = signing;
  out.keys_ = keys;
  if (signing) out.fixed_["SECRETS_PROVIDER"] = provider.name;
  if (keys) {
    out.fixed_["AUTH_KEY_STORAGE_BACKEND"] = "secret-manager";
    out.fixed_["AUTH_KEY_STORAGE_PROVIDER"] = provider.name;
  }
  return out;
}

Onboarding Onboarding::of_storage(const Contract& contract, const Provider& provider) {
  Onboarding out(contract, provider);
  out.fixed_["STORAGE_PROVIDER"] = provider.name;
  return out;
}

Outcome<const Provider*> Onboarding::find(const std::vector<Provider>& all, const std::string& name,
                                          const std::string& command) {
  std::vector<std::string> names;
  for (const auto& one : all) {
    if (one.name == name || contains(one.aliases, name)) return &one;
    names.push_back(one.name);
  }
  const auto near = nearest(name, names);
  return Failure{.code = "providers.unknown",
                 .what = "The contract has no provider " + name + ".",
                 .why = "It has " + joined(names) + ".",
                 .fix = command + " " + (near.empty() ? names.front() : near),
                 .exit = Exit::usage,
                 .docs = "docs/security/secrets-providers.md"};
}

void Onboarding::know(const std::string& name, const std::string& value) {
  if (value.empty()) return;
  const auto stem = name.ends_with(kFile) ? name.substr(0, name.size() - kFile.size()) : "";
  if (const auto* secret = contract_->variable(stem); secret != nullptr && secret->secret) {
    files_[stem] = value;
    values_.erase(stem);
  } else {
    values_[name] = value;
    files_.erase(name);
  }
}

std::string Onboarding::value(std::string_view name) const {
  if (const auto found = fixed_.find(name); found != fixed_.end()) return found->second;
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  const auto file = files_.find(name);
  return file == files_.end() ? "" : trimmed_file(file->second);
}

bool Onboarding::is_needed(const std::string& name) const {
  if (name == kKeyset) return keys_;
  if (!contains(provider_->required, name)) return false;
  if (name == provider_->signing && !signing_) return false;
  const auto* variable = contract_->variable(name);
  return variable == nullptr || !variable->fallback;
}

std::vector<Onboarding::Question> Onboarding::questions() const {
  std::vector<Question> all;
  const auto add = [&](const std::string& name, const std::string& ask, const std::string& example) {
    const auto* variable = contract_->variable(name);
    const bool asked = std::ranges::find(all, name, &Question::name) != all.end();
    if (asked || (name == provider_->signing && !signing_)) return;
    all.push_back({name, ask.empty() && variable != nullptr ? variable->meaning + "?" : ask, example,
                   variable != nullptr && variable->secret, is_needed(name)});
  };
  for (const auto& prompt : provider_->prompts) add(prompt.variable, prompt.ask, prompt.example);
  for (const auto& name : provider_->required)
    if (is_needed(name)) add(name, "", "");
  for (const auto& name : provider_->one_of) add(name, "", "");
  if (keys_)
    add(std::string(kKeyset), "Where do the signing keys live? (" + provider_->keyset_means + ")",
        provider_->keyset_example);
  return all;
}

std::vector<std::string> Onboarding::missing() const {
  std::vector<std::string> all;
  for (const auto& question : questions())
    if (question.required && value(question.name).empty()) all.push_back(question.name);
  const bool one =
      std::ranges::any_of(provider_->one_of, [&](const auto& name) { return !value(name).empty(); });
  if (!provider_->one_of.empty() && !one) {
    std::string either;
    for (const auto& name : provider_->one_of) either += (either.empty() ? "" : " or ") + name;
    all.push_back(either);
  }
  return all;
}

std::string Onboarding::objection(const std::string& name, const std::string& value) const {
  if (value.empty()) return "";
  if (setup::stands_for_a_value(value)) return name + " is no value but " + value + ", which stands for one";
  if (name == kKeyset && provider_->keyset_pattern && !provider_->keyset_pattern->matches(value))
    return name + " is no " + provider_->keyset_means + ", such as " + provider_->keyset_example;
  const auto* variable = contract_->variable(name);
  const auto problem = variable == nullptr ? "" : contracts::problem_of_value(*variable, value);
  return problem.empty() ? "" : name + " " + problem;
}

std::vector<std::string> Onboarding::objections() const {
  std::vector<std::string> all;
  for (const auto& question : questions())
    if (auto wrong = objection(question.name, value(question.name)); !wrong.empty())
      all.push_back(std::move(wrong));
  const auto known = [this](std::string_view name) {
    auto own = value(name);
    const auto* variable = contract_->variable(name);
    return own.empty() && variable != nullptr ? variable->fallback.value_or("") : own;
  };
  if (!provider_->hosted && contract_->condition("hosted").holds(known))
    all.push_back(provider_->name + " is for development, and APP_PUBLIC_URL says that this is hosted");
  return all;
}

EnvValues Onboarding::lines() const {
  EnvValues out = fixed_;
  for (const auto& question : questions()) {
    if (const auto file = files_.find(question.name); file != files_.end())
      out[question.name + std::string(kFile)] = file->second;
    else if (auto own = value(question.name); !own.empty())
      out[question.name] = std::move(own);
  }
  return out;
}

std::string Onboarding::signing_secret() const {
  return signing_ && !provider_->signing.empty() ? value(provider_->signing) : "";
}

std::string Onboarding::keyset_secret() const {
  return keys_ ? value(kKeyset) : "";
}

}  // namespace starter::console::operate
