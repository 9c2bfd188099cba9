#include "starter/providers/registry.h"

#include <algorithm>

#include "starter/providers/aws_secrets_manager.h"

namespace starter::providers {

namespace {

using Opened = std::expected<std::unique_ptr<SecretStore>, std::string>;

struct Client {
  std::string_view provider;
  std::string_view signing;  // the variable that names the signing secret there
  Opened (*open)(const Executor&, const Environment&);
};

constexpr Client kClients[] = {
    {"aws_sm", "AWS_SM_SIGNING_SECRET_ARN",
     [](const Executor& executor, const Environment& environment) -> Opened {
       return AwsSecretsManager::create(executor, environment);
     }},
};

}  // namespace

bool has_client(std::string_view provider) {
  return std::ranges::find(kClients, provider, &Client::provider) != std::end(kClients);
}

std::vector<std::string_view> with_client() {
  std::vector<std::string_view> all;
  for (const auto& client : kClients) all.push_back(client.provider);
  return all;
}

std::string_view signing_variable(std::string_view provider) {
  const auto client = std::ranges::find(kClients, provider, &Client::provider);
  return client == std::end(kClients) ? "" : client->signing;
}

Opened open_secret_store(std::string_view provider, const Executor& executor,
                         const Environment& environment) {
  for (const auto& client : kClients)
    if (client.provider == provider) return client.open(executor, environment);
  return std::unexpected("this release has no client for " + std::string(provider));
}

}  // namespace starter::providers
