// The real API against its own description: schemathesis makes calls that the description allows and calls
// that it forbids, and holds every reply against it. tools/api-fuzz/run.sh installs it and starts this.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "support/api.h"
#include "support/trials.h"

namespace starter::test {
namespace {

const std::string kTool = STARTER_SOURCE "/var/tools/schemathesis/bin/schemathesis";
const std::string kFolder = STARTER_SOURCE "/tools/api-fuzz";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class ApiFuzz : public testing::Test {
 protected:
  ApiFuzz() : tenant(api.add_tenant("Fuzz")) { api.add_member(tenant, "member", "member"); }

  std::map<std::string, std::string> environment() {
    const auto url = "http://127.0.0.1:" + std::to_string(api.port());
    return {{"SCHEMATHESIS_HOOKS", "hooks"},    {"PYTHONPATH", kFolder},
            {"PYTHONDONTWRITEBYTECODE", "1"},   {"FUZZ_URL", url},
            {"FUZZ_EMAIL", tenant.owner.email}, {"FUZZ_PASSWORD", tenant.owner.password},
            {"FUZZ_SLUG", tenant.slug},         {"FUZZ_TENANT", tenant.id}};
  }

  Api api{1, {{"RATE_LIMIT_FACTOR", "100000"}}};
  TenantOf tenant;
};

TEST_F(ApiFuzz, P8NoCallIsAnsweredOtherwiseThanDescribed) {
  const auto log = api.folder() / "schemathesis.log";
  // It keeps what it found in the folder that it runs in.
  const auto command = "cd " + api.folder().string() + " && exec " + kTool + " --config-file " + kFolder +
                       "/schemathesis.toml run " + environment()["FUZZ_URL"] + "/openapi.json" +
                       " --checks all --seed 1 --generation-database none --no-color --max-examples " +
                       std::to_string(trials(5, 3000));
  Process fuzzer({.arguments = {"sh", "-c", command}, .environment = environment(), .log = log});
  const int status = fuzzer.wait(std::chrono::minutes(trials(8, 24 * 60)));
  const auto said = text_of(log);
  EXPECT_EQ(status, 0) << said;
  std::smatch generated;
  ASSERT_TRUE(std::regex_search(said, generated, std::regex("([0-9]+) generated"))) << said;
  EXPECT_GE(std::stoi(generated[1]), trials(1000, 100'000));
  std::cout << said.substr(std::min(said.size(), said.rfind("SUMMARY"))) << std::endl;
  EXPECT_EQ(api.client().get("/health/ready").status, 200);
  EXPECT_EQ(api.log().find("\"level\":\"error\""), std::string::npos) << api.log();
}

}  // namespace
}  // namespace starter::test
