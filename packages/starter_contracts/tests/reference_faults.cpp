// Secrets that are looked for in the wrong place, with the target admitting it.
#include "tests/faults.h"

namespace starter::contracts::testing {

namespace {

void swap_everywhere(Native& one, const std::vector<std::string>& roles, const std::string& a,
                     const std::string& b) {
  for (const auto& role : roles) {
    const auto first = one.referred(role, a), second = one.referred(role, b);
    one.refer(role, a, second);
    one.refer(role, b, first);
  }
}

std::vector<Fault> swapped(Native&, Random&) {
  std::vector<Fault> all;
  const std::tuple<std::vector<std::string>, const char*, const char*> pairs[] = {
      {{"api", "worker"}, "SECRET_KEY", "AUTH_PASSWORD_PEPPER"},
      {{"api", "worker"}, "REDIS_URL", "SMTP_URL"},
      {{"worker"}, "DATABASE_URL", "WORKER_DATABASE_URL"},
      {{"migrate"}, "DATABASE_URL", "MIGRATE_DATABASE_URL"},
      {{"api"}, "WEB_TIER_SECRET", "SECRET_KEY"},
      {{"api", "worker"}, "AUTH_REFRESH_TOKEN_PEPPER", "AUTH_PASSWORD_RESET_TOKEN_PEPPER"}};
  for (const auto& [roles, a, b] : pairs)
    all.push_back({std::string(a) + " and " + b, [=](Native& one) { swap_everywhere(one, roles, a, b); },
                   "reference.name"});
  return all;
}

std::vector<Fault> of_another(Native&, Random&) {
  std::vector<Fault> all;
  const std::tuple<const char*, const char*, const char*> wrong[] = {
      {"api", "DATABASE_URL", "MIGRATE_DATABASE_URL"},
      {"worker", "WORKER_DATABASE_URL", "MIGRATE_DATABASE_URL"},
      {"web", "WEB_TIER_SECRET", "SECRET_KEY"}};
  for (const auto& [role, variable, other] : wrong) {
    const std::string by = role, name = variable, from = other;
    const std::string owner = from == "SECRET_KEY" ? "api" : "migrate";
    all.push_back({by + " " + name, [=](Native& one) { one.refer(by, name, one.referred(owner, from)); },
                   "reference.shared"});
  }
  return all;
}

std::vector<Fault> apart(Native&, Random&) {
  std::vector<Fault> all;
  const std::pair<const char*, const char*> wrong[] = {
      {"worker", "SECRET_KEY"},           {"worker", "DATABASE_URL"},  {"worker", "REDIS_URL"},
      {"worker", "AUTH_PASSWORD_PEPPER"}, {"migrate", "DATABASE_URL"}, {"migrate", "WORKER_DATABASE_URL"},
      {"web", "WEB_TIER_SECRET"}};
  for (const auto& [role, variable] : wrong) {
    const std::string by = role, name = variable;
    all.push_back({by + " " + name, [=](Native& one) { one.refer(by, name, one.referred(by, name) + "-2"); },
                   "reference.differs"});
  }
  return all;
}

}  // namespace

std::vector<FaultClass> reference_faults() {
  return {{"references are swapped, and declared so", swapped},
          {"a secret is that of another role's variable, and declared so", of_another},
          {"two roles look for one secret in two places, and say so", apart}};
}

}  // namespace starter::contracts::testing
