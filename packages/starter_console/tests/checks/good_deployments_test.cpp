// doctor of deployments without a fault: it finds nothing.
#include <gmock/gmock.h>

#include "tests/checks/deployments.h"

namespace starter::console::checks {

using ::testing::IsEmpty;

namespace {

struct Good {
  const char* name;
  Said said;
};

std::vector<Good> good() {
  const auto staging = [](Said said) {
    said.profile = "staging";
    return said;
  };
  auto demo = aws();
  demo.profile = "demo";
  auto api_alone = files(), web_alone = files();
  api_alone.web.reset();
  web_alone.api.reset();
  return {
      {"TwoFiles", files()},
      {"TheApisFileAlone", api_alone},
      {"TheWebApplicationsFileAlone", web_alone},
      {"OnesOwnMachine", at_home()},
      {"Staging", with(files(), {{"ENVIRONMENT", "staging"}, {"web.ENVIRONMENT", "staging"}})},
      {"ASingleServer", with(files(), {{"AUTH_KEY_STORAGE_BACKEND", "file"},
                                       {"AUTH_KEY_STORAGE_FILE_ALLOWED", "true"},
                                       {"AUTH_KEY_STORAGE_PROVIDER", "-"},
                                       {"AUTH_KEY_SECRET_NAME", "-"},
                                       {"AWS_REGION", "-"},
                                       {"SECRETS_PROVIDER", "-"},
                                       {"AWS_SM_SIGNING_SECRET_ARN", "-"},
                                       {"SERVICE_ACCOUNT_SIGNING_SECRET", drawn('g')},
                                       {"REDIS_PLAINTEXT_ALLOWED", "true"},
                                       {"REDIS_URL", "redis://:pw@redis:6379/0"}})},
      {"APepperThatIsBeingChanged", with(files(), {{"AUTH_PASSWORD_PEPPER", drawn('n') + "," + drawn('a')}})},
      {"AKeyOfTheWebTierThatIsBeingChanged",
       with(files(), {{"WEB_TIER_SECRET", drawn('n') + "," + drawn('f')}})},
      {"HostsAndOriginsNamed",
       with(files(), {{"ALLOWED_HOSTS", "api.acme.io, localhost"},
                      {"ALLOWED_ORIGINS", "https://app.acme.io,https://www.acme.io"}})},
      {"AnArnInTheRegion", with(files(), {{"AUTH_KEY_SECRET_NAME", kArn}})},
      {"NetworksOfALoadBalancer",
       with(files(), {{"TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32, 192.0.2.1"}})},
      {"AnObjectStore", with(files(), {{"STORAGE_PROVIDER", "s3"}, {"S3_BUCKET", "acme-assets"}})},
      {"ThreeLogInsOfOneDatabase",
       with(files(),
            {{"WORKER_DATABASE_URL", "postgresql://worker:pw@db.acme.io/starter?sslmode=verify-full"},
             {"MIGRATE_DATABASE_URL", "postgresql://owner:pw@db.acme.io/starter?sslmode=verify-full"}})},
      {"RedisOfAzure", with(files(), {{"REDIS_URL", "rediss://:pw@acme.redis.azure.net:10000/0"}})},
      {"LinesOfSomebodyElse", with(files(), {{"ACME_INVOICE_PREFIX", "R-"}, {"TZ", "UTC"}})},
      {"AnEncodedPassword",
       with(files(),
            {{"DATABASE_URL", "postgresql://app:a%40b%2Fc@db.acme.io/starter?sslmode=verify-full"}})},
      {"PublicSignUp", with(files(), {{"SIGNUP_ACCESS_POLICY", "public"}})},
      {"AwsProduction", aws()},
      {"AwsStaging", staging(aws())},
      {"AwsDemo", demo},
      {"AwsLarge", with(aws(), {{"size", "L"}, {"api_min_replicas", "4"}, {"api_max_replicas", "20"}})},
      {"AwsWithReferences", with(aws(), {{"SMTP_URL", "-"}, {"api_secrets.SMTP_URL", kArn}})},
      {"AwsWithARegistry", with(aws(), {{"registry_server", "ghcr.io"}, {"registry_username", "ci"}})},
      {"AwsWithoutAWorker", with(aws(), {{"enable_worker_service", "false"}})},
      {"AwsWithABucket", with(aws(), {{"storage_bucket_name", "acme-assets"}})},
      {"Kubernetes", on_kubernetes()},
      {"KubernetesStaging", staging(on_kubernetes())},
  };
}

}  // namespace

TEST(GoodDeployments, AreAtLeastTwentyAndHaveNoFinding) {
  EXPECT_GE(good().size(), 20u);
  for (const auto& [name, said] : good())
    EXPECT_THAT(examined(said).codes, IsEmpty()) << name << "\n" << examined(said).text;
}

}  // namespace starter::console::checks
