#include "operate/secret_manager.h"

#include "operate/configuration.h"
#include "operate/said.h"
#include "operate/waiting.h"
#include "starter/contracts/built_in.h"
#include "starter/net/timer.h"
#include "starter/providers/file_store.h"
#include "starter/providers/registry.h"
#include "system/process.h"

namespace starter::console::operate {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/security/secrets-providers.md";

std::string title_of(const std::string& provider) {
  for (const auto& one : contracts::built_in().secret_managers)
    if (one.name == provider) return one.title;
  return provider;
}

std::string fix_of(const Problem& problem) {
  if (problem.is(providers::problems::secrets_log_in))
    return "export AWS_PROFILE=NAME   # or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (problem.is(providers::problems::secrets_denied))
    return "starter-console providers validate   # after this identity was granted what is named";
  if (problem.is(providers::problems::secret_changed))
    return "starter-console auth keys status   # see what it is now, then repeat the command";
  if (problem.is(providers::problems::secrets_late)) return "--timeout 60";
  if (problem.is(providers::problems::secret_absent)) return "starter-console secrets onboard";
  return "starter-console providers validate   # " + std::string(problem.type().fix);
}

}  // namespace

Failure secret_failure(const std::string& title, const Problem& problem) {
  return {.code = std::string(problem.type().code),
          .what = title + ": " + std::string(problem.type().title) + ".",
          .why = sentence(std::string(problem.cause())),
          .fix = fix_of(problem),
          .exit = exit_of_status(problem.type().status),
          .docs = std::string(kDocs)};
}

SecretManager::SecretManager(std::string title, std::chrono::seconds timeout)
    : title_(std::move(title)),
      timeout_(timeout),
      loop_(std::make_unique<asio::io_context>(1)) {}

Outcome<SecretManager> SecretManager::open(const std::string& provider,
                                           const providers::Environment& environment,
                                           std::chrono::seconds timeout) {
  SecretManager manager(title_of(provider), timeout);
  auto store = providers::open_secret_store(provider, manager.loop_->get_executor(), environment);
  if (!store)
    return Failure{.code = "secrets.settings",
                   .what = manager.title_ + " can't be asked.",
                   .why = store.error() + ".",
                   .fix = "starter-console secrets onboard " + provider,
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  manager.store_ = std::move(*store);
  return manager;
}

SecretManager SecretManager::files(const std::filesystem::path& folder) {
  SecretManager manager(folder.string(), std::chrono::seconds(20));
  manager.store_ = std::make_unique<providers::FileStore>(folder);
  return manager;
}

SteadyTime SecretManager::deadline() const {
  return net::deadline_in(timeout_);
}

template <class T>
Outcome<T> SecretManager::wait_for(Task<Result<T>> task) {
  auto result = CHECKED(run_to_end(*loop_, std::move(task)));
  if (result) return std::move(*result);
  return secret_failure(title_, result.error());
}

Outcome<std::optional<providers::StoredSecret>> SecretManager::get(const std::string& name) {
  auto found = wait_for(store_->get(name, deadline()));
  if (found) return std::optional(std::move(*found));
  if (found.error().code == providers::problems::secret_absent.code) return std::nullopt;
  return std::unexpected(std::move(found).error());
}

Outcome<std::string> SecretManager::put(const std::string& name, const Secret& value,
                                        const std::string& expected) {
  return wait_for(store_->put(name, value, expected, deadline()));
}

Outcome<std::vector<std::string>> SecretManager::list(const std::string& prefix) {
  return wait_for(store_->list(prefix, deadline()));
}

Outcome<bool> SecretManager::probe(const std::string& name) {
  return wait_for(store_->probe(name, deadline()));
}

Outcome<providers::Environment> provider_environment(const Invocation& invocation) {
  return providers::environment_of(CHECKED(setting_source(invocation)));
}

}  // namespace starter::console::operate
