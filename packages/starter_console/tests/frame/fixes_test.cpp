// Habit 12: the last line of an error can be pasted. What the sources write as a fix begins with a program;
// what is put together at run time is looked at by run_console(), for every error that a test provokes.
#include <gmock/gmock.h>

#include <cctype>
#include <regex>
#include <utility>

#include "frame/invocation.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::IsEmpty;

namespace {

// The initialiser behind ".fix = ", up to the comma or brace that ends it.
std::string expression_at(const std::string& text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (auto i = at; i < text.size(); ++i) {
    if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(' || text[i] == '{') ++depth;
    if ((text[i] == ',' || text[i] == ';' || text[i] == '}') && depth == 0) return text.substr(at, i - at);
    if (text[i] == ')' || text[i] == '}') --depth;
  }
  return text.substr(at);
}

// The texts with which the line may begin: `a ? "x" + b : "y"` has "x" and "y". What stands in parentheses
// is a part of a line.
std::vector<std::string> beginnings(const std::string& expression) {
  std::vector<std::string> all;
  bool starts = true;
  int depth = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (starts && expression.compare(i, 12, "std::string(") == 0) {
      i += 11, ++depth;
    } else if (c == '"') {
      std::string literal;
      for (++i; i < expression.size() && expression[i] != '"'; ++i) {
        if (expression[i] == '\\') ++i;
        literal += expression[i];
      }
      if (std::exchange(starts, false)) all.push_back(std::move(literal));
    } else {
      depth += (c == '(') - (c == ')');
      starts =
          depth == 0 && (c == '?' || c == ':' || (starts && std::isspace(static_cast<unsigned char>(c))));
    }
  }
  return all;
}

// A fix of these two kinds is the command as it was typed.
bool repeats_the_command(const std::string& text) {
  return text.empty() || text.starts_with("   # ") || text.starts_with("--");
}

}  // namespace

TEST(Fixes, Habit12_BeginWithAProgramWhereverTheSourcesWriteThem) {
  std::vector<std::string> prose;
  std::size_t seen = 0;
  const fs::path sources = fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/src";
  for (const auto& entry : fs::recursive_directory_iterator(sources)) {
    if (entry.path().extension() != ".cpp") continue;
    const auto text = *read_file(entry.path());
    const std::regex fix(R"(\.fix = )");
    for (std::sregex_iterator at(text.begin(), text.end(), fix), end; at != end; ++at)
      for (const auto& begins :
           beginnings(expression_at(text, static_cast<std::size_t>(at->position() + at->length())))) {
        ++seen;
        if (!begins_with_a_program(begins) && !repeats_the_command(begins))
          prose.push_back(entry.path().filename().string() + ": " + begins);
      }
  }
  EXPECT_THAT(prose, IsEmpty());
  EXPECT_GT(seen, 60u);
}

TEST(Fixes, Habit12_ProseThatBeginsWithTheNameOfAProgramIsNone) {
  for (const auto* prose : {"cd into the clone, or set STARTER_ROOT to it", "cd", "cd there",
                            "export the file first", "choose another name"})
    EXPECT_FALSE(begins_with_a_program(prose)) << prose;
  for (const auto* line :
       {"cd /path/to/clone", "cd ../clone   # and again", "export STARTER_ROOT=/path/to/clone",
        "unset STARTER_API   # or set it", "starter-console next"})
    EXPECT_TRUE(begins_with_a_program(line)) << line;
}

TEST(Fixes, Habit12_RepeatWhatWasTypedAndNoSecret) {
  const auto* const onboard = find_command("secrets onboard");
  const auto typed = parse(*onboard, {"aws_sm", "--var", "MAIL_FROM=Acme <a@example.com>", "--env-file",
                                      "it's.env", "--var", "SMTP_URL=smtp://u:hunter2@h"});
  ASSERT_TRUE(typed.has_value());
  EXPECT_EQ(typed->with("--for", "keys").typed(),
            "starter-console secrets onboard aws_sm --env-file 'it'\\''s.env' --var "
            "'MAIL_FROM=Acme <a@example.com>' --for keys");
  EXPECT_EQ(typed->without("--var").without("--env-file").with("--json").typed(),
            "starter-console secrets onboard aws_sm --json");
  const auto* const exported = find_command("infra terraform export");
  EXPECT_EQ(parse(*exported, {"--provider", "aws", "--extra-var", "datadog_api_key=hunter2", "--extra-var",
                              "team=core", "--var", "S3_ENDPOINT_URL=https://u:hunter2@h"})
                ->typed(),
            "starter-console infra terraform export --provider aws --extra-var team=core");
  const auto* const run = find_command("util run-with-env");
  EXPECT_EQ(parse(*run, {"--role", "web", "--", "sh", "-c", "echo $A"})->typed(),
            "starter-console util run-with-env --role web -- sh -c 'echo $A'");
}

}  // namespace starter::console::testing
