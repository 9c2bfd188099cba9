// What real Terraform makes of an export. Where Terraform is not installed these are skipped.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <random>

#include "exports/hcl.h"
#include "starter/contracts/condition.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace json = boost::json;

class TerraformReads : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("terraform")) GTEST_SKIP() << "terraform is not installed";
  }
  Finished terraform(std::vector<std::string> words) const {
    words.insert(words.begin(), {"terraform", "-chdir=" + root.path().string()});
    std::map<std::string, std::string> environment{{"CHECKPOINT_DISABLE", "1"}, {"TF_IN_AUTOMATION", "1"}};
    // A configuration that is not there is a warning in the midst of what is compared.
    const char* const configuration = std::getenv("TF_CLI_CONFIG_FILE");
    if (configuration != nullptr && !fs::exists(configuration)) environment["TF_CLI_CONFIG_FILE"] = "";
    const auto ran = run_process({.argv = words, .environment = environment}, 120s);
    return ran ? *ran : Finished{.status = -1, .output = ran.error().why};
  }
  // A root with a cloud's inputs and nothing else: no provider is fetched.
  void declare(const std::string& provider) const {
    fs::copy_file(fs::path(STARTER_SOURCE_ROOT) / "ops/infra" / provider / "variables-contract.tf",
                  root / "variables-contract.tf", fs::copy_options::overwrite_existing);
    ASSERT_EQ(terraform({"init", "-backend=false", "-input=false"}).status, 0);
  }
  std::string exported(const std::string& provider, std::vector<std::string> more) const {
    more.insert(more.begin(), {"infra", "terraform", "export", "--provider", provider});
    const auto made = someone.run(more);
    EXPECT_EQ(made.status, 0) << made.err;
    return someone.folder() / "var/infra" / provider / "terraform.tfvars";
  }
  void set_up(const std::string& profile, const std::string& preset) const {
    const auto made = someone.run({"setup", "wizard", "--non-interactive", "--profile", profile, "--preset",
                                   preset, "--answers-file", someone.answers(profile, preset)});
    ASSERT_EQ(made.status, 0) << made.err;
  }
  // What Terraform has understood of such a file, defaults included.
  json::value planned_values(const std::string& file) const {
    const auto plan = root / "plan";
    const auto planned =
        terraform({"plan", "-input=false", "-no-color", "-var-file=" + file, "-out=" + plan.string()});
    EXPECT_EQ(planned.status, 0) << file << "\n" << planned.output;
    if (planned.status != 0) return nullptr;
    return json::parse(terraform({"show", "-json", plan}).output).at("variables");
  }
  Operator someone;
  TemporaryFolder root;
};

TEST_F(TerraformReads, EveryTextAsItWas) {
  std::mt19937 random(17);
  const std::vector<std::string> pieces{
      "${",           "%{", "$${", "%%{",   "\"", "\\",       "\n",
      "\t",           "\r", "}",   "$",     "%",  "\xC3\xA9", "\xF0\x9F\x9A\x80",
      "\xE2\x80\xA8", "a",  "#",   "<<EOT", "~}", "'",        " ",
      "\x7F"};
  std::vector<exports::Assignment> lines;
  std::map<std::string, std::string> wanted;
  for (int i = 0; i < 400; ++i) {
    std::string text;
    for (auto length = random() % 9; length > 0; --length) text += pieces[random() % pieces.size()];
    wanted["v" + std::to_string(i)] = text;
    lines.push_back({"v" + std::to_string(i), contracts::hcl_quoted(text)});
  }
  root.put("main.tf", "variable \"all\" { type = map(string) }\noutput \"all\" { value = var.all }\n");
  root.put("t.tfvars", "all = {\n" + exports::hcl_lines(lines, 2) + "}\n");
  ASSERT_EQ(terraform({"init", "-input=false"}).status, 0);
  const auto applied =
      terraform({"apply", "-auto-approve", "-input=false", "-no-color", "-var-file=t.tfvars"});
  ASSERT_EQ(applied.status, 0) << applied.output;
  const auto back = json::parse(terraform({"output", "-json", "all"}).output).as_object();
  for (const auto& [name, text] : wanted) EXPECT_EQ(back.at(name).as_string(), text) << name;
}

TEST_F(TerraformReads, AnExportInItsOwnFormat) {
  set_up("production", "aws");
  const auto file = exported(
      "aws",
      {"--var", "api_secrets.SMTP_URL=arn:aws:secretsmanager:eu-central-1:123456789012:secret:smtp-a1b2c3"});
  const auto formatted = terraform({"fmt", "-check", "-diff", file});
  EXPECT_EQ(formatted.status, 0) << formatted.output;
  const auto blank = exported("aws", {"--mode", "template"});
  EXPECT_EQ(terraform({"fmt", "-check", "-diff", blank}).status, 0)
      << terraform({"fmt", "-diff", blank}).output;
}

TEST_F(TerraformReads, A000_14_WhatWasSetUpOnEachCloud) {
  for (const std::string provider : {"aws", "azure", "gcp"}) {
    for (const std::string profile : {"demo", "staging", "production"}) {
      set_up(profile, provider);
      declare(provider);
      const auto file = exported(provider, {});
      const auto planned = terraform({"plan", "-input=false", "-no-color", "-var-file=" + file});
      EXPECT_EQ(planned.status, 0) << provider << " " << profile << "\n" << planned.output;
      EXPECT_THAT(planned.output, Not(HasSubstr("Warning"))) << "every name is declared";
      EXPECT_EQ(planned_values(file), planned_values(exported(provider, {"--format", "json"}) + ".json"))
          << "both forms say the same";
    }
  }
}

TEST_F(TerraformReads, A000_17_NoExportThatLacksASecretOrAnAnswer) {
  set_up("demo", "aws");
  declare("aws");
  someone.put("more.yaml", "registry_server: ghcr.io\nregistry_username: bot\nregistry_password: hunter2\n");
  const std::vector<std::string> with{"--answers-file", someone.folder() / "more.yaml"};
  const auto redacted =
      terraform({"plan", "-input=false", "-no-color", "-var-file=" + exported("aws", with)});
  EXPECT_NE(redacted.status, 0) << "it can't be applied by accident";
  EXPECT_THAT(redacted.output, HasSubstr("redacted_export_it_with_include_secrets"));
  auto as_json = with;
  as_json.insert(as_json.end(), {"--format", "json"});
  const auto also =
      terraform({"plan", "-input=false", "-no-color", "-var-file=" + exported("aws", as_json) + ".json"});
  EXPECT_NE(also.status, 0);
  auto whole = with;
  whole.push_back("--include-secrets");
  const auto planned =
      terraform({"plan", "-input=false", "-no-color", "-var-file=" + exported("aws", whole)});
  EXPECT_EQ(planned.status, 0) << planned.output;
  const auto blank = terraform(
      {"plan", "-input=false", "-no-color", "-var-file=" + exported("aws", {"--mode", "template"})});
  EXPECT_NE(blank.status, 0);
  EXPECT_THAT(blank.output, HasSubstr("project_name must be 3 to 20 lower-case letters"));
}

TEST_F(TerraformReads, TheRefusalsThatTheConsoleMirrors) {
  declare("azure");
  const std::string good =
      "project_name = \"acme\"\nenvironment = \"production\"\napi_image = \"a:1\"\nweb_image = \"w:1\"\n";
  const std::vector<std::pair<std::string, std::string>> bad{{"size", "XL"},
                                                             {"storage_bucket_name", "A"},
                                                             {"registry_server", "ghcr.io"},
                                                             {"db_deletion_protection", "false"}};
  const std::vector<std::string> flags{"--var", "project_name=acme",
                                       "--var", "environment=production",
                                       "--var", "api_image=a:1",
                                       "--var", "web_image=w:1",
                                       "--var", "auth_key_secret_name=k",
                                       "--var", "app_public_url=https://a.example.com",
                                       "--var", "api_base_url=https://b.example.com"};
  for (const auto& [name, value] : bad) {
    auto words = flags;
    words.insert(words.begin(), {"infra", "terraform", "export", "--provider", "azure"});
    words.insert(words.end(), {"--var", name + "=" + value});
    const auto refused = someone.run(words);
    ASSERT_EQ(refused.status, 2) << name;
    root.put("t.tfvars",
             good + "app_public_url = \"https://a.example.com\"\napi_base_url = \"https://b.example.com\"\n" +
                 name + " = \"" + value + "\"\n");
    const auto planned = terraform({"plan", "-input=false", "-no-color", "-var-file=t.tfvars"});
    EXPECT_NE(planned.status, 0) << name;
    auto said = planned.output;  // wrapped lines made one
    std::ranges::replace(said, '\n', ' ');
    const auto own = refused.err.find(name, refused.err.find("error: ") + 7);
    ASSERT_NE(own, std::string::npos) << refused.err;
    EXPECT_THAT(said, HasSubstr(refused.err.substr(own, refused.err.find('.', own) + 1 - own)));
  }
}

class EachCloud : public TerraformReads, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(TerraformReads, EachCloud, ::testing::Values("aws", "azure", "gcp"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EachCloud, A004_61_EveryProfilesExportPlansAgainstAMockedCloud) {
  const std::string provider = GetParam();
  const auto fixtures =
      fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/tests/fixtures/terraform" / provider;
  for (const char* file : {"main.tf", "plan.tftest.hcl"}) fs::copy_file(fixtures / file, root / file);
  fs::copy_file(fs::path(STARTER_SOURCE_ROOT) / "ops/infra" / provider / "variables-contract.tf",
                root / "variables-contract.tf");
  const auto ready = terraform({"init", "-backend=false", "-input=false", "-no-color"});
  if (ready.status != 0)
    GTEST_SKIP() << "the provider of " << provider << " can't be had here: " << ready.output.substr(0, 300);
  const auto valid = terraform({"validate", "-no-color"});
  EXPECT_EQ(valid.status, 0) << valid.output;
  for (const std::string profile : {"demo", "staging", "production"}) {
    set_up(profile, provider);
    auto file = exported(provider, {});
    if (profile == "staging") file = exported(provider, {"--format", "json"}) + ".json";
    const auto tested = terraform({"test", "-no-color", "-var-file=" + file});
    EXPECT_EQ(tested.status, 0) << profile << "\n" << tested.output;
    EXPECT_THAT(tested.output, HasSubstr("1 passed, 0 failed")) << profile;
  }
}

}  // namespace starter::console::testing
