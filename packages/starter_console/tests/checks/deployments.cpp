#include "tests/checks/deployments.h"

#include "starter/contracts/built_in.h"

namespace starter::console::checks {

std::string drawn(char first) {
  return first + std::string(kCanary) + "xkTz4mPq9sVb3nLc8dRf5hGj6wYaEuIo";
}

EnvValues api_lines() {
  return {{"APP_PUBLIC_URL", "https://app.acme.io"},
          {"ENVIRONMENT", "production"},
          {"DATABASE_URL",
           std::string("postgresql://app:") + kCanary + "@db.acme.io/starter?sslmode=verify-full"},
          {"REDIS_URL", std::string("rediss://:") + kCanary + "@redis.acme.io:6380/0"},
          {"SMTP_URL", std::string("smtps://mailer:") + kCanary + "@mail.acme.io:465"},
          {"MAIL_FROM", "Acme <no-reply@acme.io>"},
          {"ALLOWED_HOSTS", "api.acme.io"},
          {"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
          {"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"},
          {"AUTH_KEY_SECRET_NAME", "starter-keyset"},
          {"AWS_REGION", "eu-central-1"},
          {"SECRETS_PROVIDER", "aws_sm"},
          {"AWS_SM_SIGNING_SECRET_ARN", "starter/signing"},
          {"AUTH_PASSWORD_PEPPER", drawn('a')},
          {"AUTH_REFRESH_TOKEN_PEPPER", drawn('b')},
          {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", drawn('c')},
          {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", drawn('d')},
          {"SECRET_KEY", drawn('e')},
          {"WEB_TIER_SECRET", drawn('f')}};
}

EnvValues web_lines() {
  return {{"APP_PUBLIC_URL", "https://app.acme.io"},
          {"ENVIRONMENT", "production"},
          {"API_BASE_URL", "https://api.acme.io"},
          {"WEB_TIER_SECRET", drawn('f')}};
}

Said files() {
  return {.api = api_lines(), .web = web_lines()};
}

Said aws() {
  return {.profile = "production",
          .preset = "aws",
          .answers = {{"project_name", "acme"},
                      {"api_image", "ghcr.io/acme/api:1.2.3"},
                      {"web_image", "ghcr.io/acme/web:1.2.3"},
                      {"APP_PUBLIC_URL", "https://app.acme.io"},
                      {"API_BASE_URL", "https://api.acme.io"},
                      {"AWS_REGION", "eu-central-1"},
                      {"AWS_SM_SIGNING_SECRET_ARN",
                       "arn:aws:secretsmanager:eu-central-1:123456789012:secret:sign-a1b2c3"},
                      {"SMTP_URL", std::string("smtps://mailer:") + kCanary + "@mail.acme.io:465"},
                      {"MAIL_FROM", "Acme <no-reply@acme.io>"}}};
}

namespace {

Said on(const std::string& preset) {
  auto said = aws();
  said.preset = preset;
  said.answers["SECRETS_PROVIDER"] = "aws_sm";
  said.answers["AUTH_KEY_STORAGE_PROVIDER"] = "aws_sm";
  said.answers["AUTH_KEY_SECRET_NAME"] = "starter-keyset";
  if (preset == "gcp") said.answers["GCP_PROJECT_ID"] = "acme-prod";
  if (preset == "azure" || preset == "gcp") return said;
  said.answers["STORAGE_PROVIDER"] = "s3";
  said.answers["S3_BUCKET"] = "acme-assets";
  for (const auto& name : {"DATABASE_URL", "REDIS_URL"}) said.answers[name] = api_lines().at(name);
  said.answers["MIGRATE_DATABASE_URL"] =
      std::string("postgresql://owner:") + kCanary + "@db.acme.io/starter?sslmode=verify-full";
  return said;
}

}  // namespace

Outcomes examined(const Said& said) {
  const auto findings = examine_deployment(contracts::built_in(), said);
  Outcomes out;
  if (!findings) return {{"failed: " + findings.error().what + " " + findings.error().why}, ""};
  for (const auto& one : *findings) {
    out.codes.push_back(one.id);
    out.text += one.id + ": " + one.says + " [" + one.evidence + "] " + one.fix + "\n";
  }
  return out;
}

Said with(Said said, const Changes& changes) {
  for (const auto& [name, value] : changes) {
    const bool web = name.starts_with("web.");
    const bool answer = !said.api && !web;
    const auto bare = web ? name.substr(4) : name;
    if (answer) {
      if (value == "-")
        said.answers.erase(bare);
      else
        said.answers[bare] = value;
      continue;
    }
    auto& lines = web ? *said.web : *said.api;
    if (value == "-")
      lines.erase(bare);
    else
      lines[bare] = value;
  }
  return said;
}

Said on_gcp() {
  return on("gcp");
}
Said on_azure() {
  return on("azure");
}
Said on_kubernetes() {
  return on("other");
}
Said at_home() {
  return with(files(), {{"APP_PUBLIC_URL", "http://localhost:3000"},
                        {"web.APP_PUBLIC_URL", "http://localhost:3000"},
                        {"ENVIRONMENT", "development"},
                        {"web.ENVIRONMENT", "development"}});
}

}  // namespace starter::console::checks
