#include "tests/frame/writers.h"

#include <sys/stat.h>

#include <stdexcept>

namespace starter::console::testing {

namespace {

const std::string kKey(32, 'k');

void set_up_staging(Place& place) {
  place.set_up("staging", "other");
}

// Somebody has opened what the set-up closed.
void open_a_file(Place& place) {
  place.set_up("production", "aws");
  ::chmod((place.someone.folder() / ".env.local").c_str(), 0644);
}

void add_released_database(Place& place) {
  place.add_database();
}

void make_a_backup(Place& place) {
  place.add_database();
  place.must({"backup", "create"});
  const auto& folder = place.someone.folder() / "var/backups";
  place.words = {fs::directory_iterator(folder)->path(), "--replace", "--confirm",
                 place.deployment->sql("SELECT current_database()")};
}

void make_an_account(Place& place) {
  place.add_database();
  place.must({"users", "create-owner", "--email", "ada@example.com"});
}

void make_keys(Place& place) {
  place.environment["AUTH_KEY_STORAGE_PATH"] = place.someone.folder() / "keys/keyset.json";
  place.must({"auth", "keys", "generate"});
}

void copy_the_contract(Place& place) {
  const auto clone = place.someone.folder() / "clone";
  const fs::path contract = "packages/starter_contracts/contract";
  fs::create_directories((clone / contract).parent_path());
  fs::copy(STARTER_SOURCE_ROOT / contract, clone / contract, fs::copy_options::recursive);
  place.environment["STARTER_ROOT"] = clone;
}

void choose_aws(Place& place) {
  place.aws = test::AwsServer::start();
  if (!place.aws) return;
  place.environment.merge(place.aws->environment());
  place.someone.put(".env.local",
                    "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\nSECRET_KEY=" + kKey + "\n");
}

void fill_aws(Place& place) {
  choose_aws(place);
  if (!place.aws) return;
  place.must({"secrets", "push"});
  place.someone.put(".env.local", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\n");
}

void listen_for_mail(Place& place) {
  place.mail = std::make_unique<SmtpPeer>(std::map<std::string, std::string>());
  place.environment["SMTP_URL"] = "smtp://127.0.0.1:" + std::to_string(place.mail->port());
  place.environment["MAIL_FROM"] = "no-reply@example.com";
}

}  // namespace

void Place::add_database(bool empty) {
  deployment = std::make_unique<Deployment>();
  deployment->add_database();
  environment.insert(deployment->environment().begin(), deployment->environment().end());
  environment["STARTER_ROOT"] = "";
  environment["BACKUP_ENCRYPTION_KEY"] = kKey;
  if (!empty) must({"release", "db"});
}

void Place::set_up(const std::string& profile, const std::string& preset) const {
  must({"setup", "wizard", "--non-interactive", "--profile", profile, "--preset", preset, "--answers-file",
        someone.answers(profile, preset)});
}

void Place::must(const std::vector<std::string>& words) const {
  const auto ran = run(words);
  if (ran.status != 0) throw std::runtime_error(words[0] + " " + words[1] + ": " + ran.err + ran.out);
}

const std::map<std::string_view, WriterCase>& writer_cases() {
  static const std::map<std::string_view, WriterCase> all{
      {"setup wizard",
       {.words = {"--non-interactive", "--profile", "demo", "--preset", "local"},
        .prepare =
            [](Place& place) {
              place.words = {"--non-interactive",
                             "--profile",
                             "demo",
                             "--preset",
                             "local",
                             "--answers-file",
                             place.someone.answers("demo", "local")};
            }}},
      {"infra terraform export",
       {.words = {"--provider", "aws"},
        .bare = BareName{{"--provider", "aws", "--file", "out.tfvars"}, "out.tfvars"}}},
      {"infra helm export",
       {.words = {}, .prepare = set_up_staging, .bare = BareName{{"--file", "values.yaml"}, "values.yaml"}}},
      {"infra compose export",
       {.words = {"--include-secrets"},
        .prepare = set_up_staging,
        .bare = BareName{{"--include-secrets", "--file", "prod.env"}, "prod.env"}}},
      {"doctor", {.words = {"--fix"}, .prepare = open_a_file, .planned = 3}},
      {"backup create", {.prepare = add_released_database, .repeats = "each call makes a backup"}},
      {"backup restore", {.prepare = make_a_backup, .repeats = "what was restored is replaced again"}},
      {"mail test",
       {.words = {"--to", "ada@example.com"},
        .prepare = listen_for_mail,
        .repeats = "each call sends a mail",
        .outside = true}},
      {"release db", {.prepare = [](Place& place) { place.add_database(true); }}},
      {"config write-inventory",
       {.open = {"CONSOLE_ENV_INVENTORY.md"}, .bare = BareName{{"--file", "inventory.md"}, "inventory.md"}}},
      {"contract render",
       {.prepare = copy_the_contract,
        .open = {".md", ".json", ".h", ".cpp", ".tf", ".example", ".yaml", ".ts", ".go", ".inc"}}},
      {"secrets onboard",
       {.words = {"vault", "--for", "signing", "--var", "VAULT_ADDR=https://vault.example.com", "--var",
                  "VAULT_NAMESPACE=admin"},
        .prepare = [](Place& place) { place.someone.put(".env.local", "VAULT_TOKEN=token\n"); },
        .bare = BareName{{"vault", "--for", "signing", "--env-file", "api.env", "--var",
                          "VAULT_ADDR=https://vault.example.com", "--var", "VAULT_NAMESPACE=admin"},
                         "api.env",
                         "VAULT_TOKEN=token\n"}}},
      {"secrets push", {.prepare = choose_aws, .outside = true}},
      {"secrets pull",
       {.prepare = fill_aws,
        .bare =
            BareName{
                {"--env-file", "api.env"}, "api.env", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\n"}}},
      {"secrets rotate",
       {.words = {"SECRET_KEY"},
        .prepare = [](Place& place) { place.someone.put(".env.local", "SECRET_KEY=" + kKey + "\n"); },
        .repeats = "each call is the next step",
        .bare = BareName{{"SECRET_KEY", "--env-file", "api.env"}, "api.env", "SECRET_KEY=" + kKey + "\n"}}},
      {"storage onboard",
       {.words = {"filesystem"},
        .bare = BareName{{"s3", "--env-file", "api.env", "--var", "S3_BUCKET=acme"}, "api.env", "# mine\n"}}},
      {"auth keys generate",
       {.prepare =
            [](Place& place) {
              place.environment["AUTH_KEY_STORAGE_PATH"] = place.someone.folder() / "keys/keyset.json";
            }}},
      {"auth keys rotate", {.prepare = make_keys, .again = 8}},
      {"auth tokens issue-service-account", {.elsewhere = "ServiceTokens: the API must run"}},
      {"users create-owner",
       {.words = {"--email", "ada@example.com", "--tenant", "Acme"},
        .prepare = add_released_database,
        .repeats = "a link that was not used is replaced",
        .outside = true}},
      {"users grant-operator",
       {.words = {"--email", "ada@example.com", "--reason", "on call"},
        .prepare = make_an_account,
        .outside = true}},
      {"dev up", {.elsewhere = "Stack"}},
      {"dev down", {.elsewhere = "Stack"}},
      {"dev db migrate", {.elsewhere = "the suites with a stack"}},
      {"dev db seed", {.elsewhere = "the suites with a stack"}},
      {"dev db reset", {.elsewhere = "the suites with a stack"}},
      {"dev new", {.elsewhere = "Scaffold, and the suite scaffold"}},
      {"dev gen", {.elsewhere = "the check of drift"}},
      {"dev format", {.elsewhere = "it formats the clone"}},
  };
  return all;
}

}  // namespace starter::console::testing
