// The pages for operators are replayed: their files are written, their commands run in order, what they show
// is compared.
#include <gmock/gmock.h>

#include <sstream>

#include "starter/contracts/built_in.h"
#include "starter/providers/registry.h"
#include "starter/testing/aws_server.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::StartsWith;

namespace {

struct Fence {
  std::string language, title, body;
};

std::vector<Fence> fences_of(const std::string& page) {
  std::vector<Fence> all;
  std::istringstream lines(page);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("```")) {
      if (inside) all.back().body += line + "\n";
      continue;
    }
    inside = !inside;
    if (!inside) continue;
    const auto title = line.find(" title=");
    all.push_back({line.substr(3, title == line.npos ? title : title - 3),
                   title == line.npos ? "" : line.substr(title + 7), ""});
  }
  return all;
}

std::vector<std::string> words_of(const std::string& command) {
  std::istringstream in(command);
  return {std::istream_iterator<std::string>(in), {}};
}

}  // namespace

class PageForOperators : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Pages, PageForOperators,
                         ::testing::Values("first-deployment.md", "first-deployment-azure.md",
                                           "first-deployment-gcp.md", "first-deployment-single-server.md",
                                           "terraform-export.md"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

TEST_P(PageForOperators, A000_19_DoesWhatItSays) {
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/ops" / GetParam());
  std::unique_ptr<test::AwsServer> aws;
  std::map<std::string, std::string> log_in;
  if (page.find("secrets push\n") != page.npos) {
    aws = test::AwsServer::start();
    if (!aws) GTEST_SKIP() << test::AwsServer::missing();
    log_in = aws->environment();
    log_in.erase("AWS_REGION");  // that is an answer
  }
  const Operator someone;
  Ran last;
  int commands = 0;
  for (const auto& fence : fences_of(page)) {
    if (!fence.title.empty()) someone.put(fence.title, fence.body);
    std::istringstream lines(fence.language == "bash" ? fence.body : "");
    for (std::string line; std::getline(lines, line); ++commands) {
      auto words = words_of(line);
      ASSERT_EQ(words.at(0), "starter-console") << line;
      words.erase(words.begin());
      last = someone.run(words, log_in);
      EXPECT_EQ(last.status, 0) << line << "\n" << last.err;
    }
    if (fence.language != "text") continue;
    auto shown = last.out;
    for (auto at = shown.find(someone.folder().string()); at != shown.npos;
         at = shown.find(someone.folder().string()))
      shown.replace(at, someone.folder().string().size(), "/srv/acme");
    EXPECT_EQ(shown, fence.body);
  }
  EXPECT_GE(commands, 5);
}

// Every secret manager of the contract, each with the truth about its client.
TEST(PageOfSecretManagers, A000_49_SaysOfEachWhetherThisReleaseReachesIt) {
  std::istringstream page(*read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/security/secrets-providers.md"));
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(page, line);)
    for (const auto& provider : contracts::built_in().secret_managers)
      if (line.starts_with("| `") && line.find("`" + provider.name + "`") != line.npos)
        rows[provider.name] = line;
  for (const auto& provider : contracts::built_in().secret_managers) {
    ASSERT_TRUE(rows.contains(provider.name)) << provider.name;
    const auto& row = rows.at(provider.name);
    EXPECT_TRUE(row.ends_with(providers::has_client(provider.name) ? "| yes |" : "| variables only |"))
        << row;
    for (const auto& alias : provider.aliases) EXPECT_THAT(row, ::testing::HasSubstr("`" + alias + "`"));
  }
}

}  // namespace starter::console::testing
