#include "tests/setup/operator.h"

namespace starter::console::testing {

std::string Operator::answers(const std::string& profile, const std::string& preset) const {
  const auto secret = [](const std::string& before, const std::string& after = "") {
    return "'" + before + "canary-4f9a1c7e%2F%2B%3D" + after + "'";
  };
  std::map<std::string, std::string> all{{"profile", profile}, {"preset", preset}};
  const bool cloud = preset == "aws" || preset == "azure" || preset == "gcp";
  if (preset != "local") {
    all.insert({{"project_name", "acme"},
                {"api_image", "ghcr.io/acme/api:1.2.3"},
                {"web_image", "ghcr.io/acme/web:1.2.3"}});
  }
  if (profile != "demo") {
    all.insert({{"APP_PUBLIC_URL", "https://app.example.com"},
                {"API_BASE_URL", "https://api.example.com"},
                {"SMTP_URL", secret("smtps://mailer:", "@mail.example.com:465")},
                {"MAIL_FROM", "no-reply@example.com"}});
  }
  if (!cloud) {
    all.insert({{"DATABASE_URL", secret("postgresql://app:", "@db.example.com/starter?sslmode=verify-full")},
                {"MIGRATE_DATABASE_URL",
                 secret("postgresql://owner:", "@db.example.com/starter?sslmode=verify-full")}});
    if (profile != "demo") all.insert({{"REDIS_URL", secret("rediss://:", "@redis.example.com:6380/0")}});
  }
  if (preset == "aws") {
    all.insert({{"AWS_REGION", "eu-central-1"},
                {"AWS_SM_SIGNING_SECRET_ARN",
                 "arn:aws:secretsmanager:eu-central-1:123456789012:secret:signing-a1b2c3"}});
  } else if (preset == "azure") {
    all.insert({{"AUTH_KEY_SECRET_NAME", "starter-keyset"}, {"AZURE_KV_SIGNING_SECRET_NAME", "signing"}});
  } else if (preset == "gcp") {
    all.insert({{"AUTH_KEY_SECRET_NAME", "starter-keyset"},
                {"GCP_SM_SIGNING_SECRET_NAME", "signing"},
                {"GCP_PROJECT_ID", "acme-prod"}});
  } else if (preset != "local") {
    // A single server has no secret manager.
    if (preset != "single_server")
      all.insert({{"SECRETS_PROVIDER", "vault_hcp"},
                  {"AUTH_KEY_STORAGE_PROVIDER", "vault_hcp"},
                  {"AUTH_KEY_SECRET_NAME", "secret/starter/keyset"},
                  {"VAULT_ADDR", "https://vault.example.com:8200"},
                  {"VAULT_NAMESPACE", "admin"},
                  {"VAULT_TOKEN", std::string("'") + kSecret + "'"}});
    all.insert({{"MINIO_ENDPOINT", "https://minio.example.com"},
                {"MINIO_ACCESS_KEY", std::string("'") + kSecret + "'"},
                {"MINIO_SECRET_KEY", std::string("'") + kSecret + "'"}});
  }
  std::string text;
  for (const auto& [name, value] : all) text += name + ": " + value + "\n";
  elsewhere_.put("answers.yaml", text, 0600);
  return elsewhere_ / "answers.yaml";
}

}  // namespace starter::console::testing
