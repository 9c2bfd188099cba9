#include "starter/contracts/condition.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>

#include "tests/folder.h"
#include "tests/trials.h"

namespace starter::contracts::testing {

using Environment = std::map<std::string, std::string>;

bool holds(const std::string& text, const Environment& environment) {
  const auto condition = Condition::parse(text);
  EXPECT_TRUE(condition) << text << ": " << (condition ? "" : condition.error());
  return condition && condition->holds([&](std::string_view name) {
    const auto found = environment.find(std::string(name));
    return found == environment.end() ? "" : found->second;
  });
}

struct Case {
  const char* condition;
  Environment environment;
  bool expected;
};

TEST(Condition, Table) {
  const Case cases[] = {
      {"always", {}, true},
      {"never", {}, false},
      {"set A", {{"A", "x"}}, true},
      {"set A", {{"A", ""}}, false},
      {"not set A", {}, true},
      {"A = \"x\"", {{"A", "x"}}, true},
      {"A = \"x\"", {{"A", "X"}}, false},
      {"A in [x, \"y z\"]", {{"A", "y z"}}, true},
      {"A in [x, y]", {}, false},
      {"not A in [x, y]", {}, true},
      {"A in [eu-central-1]", {{"A", "eu-central-1"}}, true},
      {"A = true", {{"A", "on"}}, true},
      {"A = true", {{"A", "True"}}, false},
      {"A = false", {{"A", "0"}}, true},
      {"A = false", {}, false},
      {"A = B", {{"A", "x"}, {"B", "x"}}, true},
      {"A = B", {}, false},
      {"A = 8", {{"A", "008"}}, true},
      {"A = 8", {{"A", "8.0"}}, false},
      {"A < 5", {{"A", "-3"}}, true},
      {"A >= 5", {{"A", "5"}}, true},
      {"A > 5", {{"A", "x"}}, false},
      {"A <= 5", {}, false},
      {"length(A) < 3", {{"A", "ab"}}, true},
      {"length(A) = 2", {{"A", "\xc3\xa9"}}, true},
      {"length(A) < 3", {}, false},
      {"scheme(A) = \"redis\"", {{"A", "REDIS://h"}}, true},
      {"scheme(A) in [redis, rediss]", {{"A", "rediss://h"}}, true},
      {"scheme(A) in [redis]", {{"A", "redis:/h"}}, false},
      {"A has key K", {{"A", R"({"K":null})"}}, true},
      {"A has key K", {{"A", R"(["K"])"}}, false},
      {"A has key K", {{"A", "{"}}, false},
      {"A contains \"b\"", {{"A", "a, b ,c"}}, true},
      {"A contains \"b\"", {{"A", "a,bb"}}, false},
      {"A matches \"[a-z]+\"", {{"A", "abc"}}, true},
      {"A matches \"[a-z]*\"", {}, false},
      {"set A or set B and set C", {{"A", "x"}}, true},
      {"(set A or set B) and set C", {{"A", "x"}}, false},
      {"not set A and set B", {{"B", "x"}}, true},
      {"not (set A and set B)", {{"B", "x"}}, true},
      {"not not set A", {{"A", "x"}}, true},
  };
  for (const auto& [condition, environment, expected] : cases)
    EXPECT_EQ(holds(condition, environment), expected) << condition;
}

TEST(Condition, SaysWhereItIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "at 1: a name is missing"},
      {"A", "at 2: A is followed by no test"},
      {"A =", "at 4: = is followed by neither"},
      {"A = \"\"", "empty value"},
      {"A = \"x", "the quote is not closed"},
      {"A in x", "in is followed by ["},
      {"A in [x", "a ] is missing"},
      {"set A or", "at 9: a name is missing"},
      {"(set A", "a ) is missing"},
      {"set A)", "at 6: the condition should end here"},
      {"length(A) = \"x\"", "a length is compared with a number"},
      {"scheme(A) < 3", "a scheme is no number"},
      {"A < x", "a number is missing"},
      {"A matches x", "pattern in quotes"},
      {"A matches \".*\"", "the pattern has a ."},
      {"A has K", "has is followed by key"},
      {"A contains \"a,b\"", "no comma"},
      {"A = 1234567890123456", "more than 14 digits"},
      {"A in [1a]", "needs quotes"},
      {"A ? B", "at 3: what begins here"},
  };
  for (const auto& [text, why] : wrong) {
    const auto condition = Condition::parse(text);
    ASSERT_FALSE(condition) << text;
    EXPECT_THAT(condition.error(), ::testing::HasSubstr(why)) << text;
  }
  EXPECT_FALSE(Condition::parse(std::string(3'000, ' ')));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "(";
  EXPECT_THAT(Condition::parse(deep + "set A").error(), ::testing::HasSubstr("too deeply"));
  std::string nots;
  for (int i = 0; i < 100; ++i) nots += "not ";
  EXPECT_THAT(Condition::parse(nots + "set A").error(), ::testing::HasSubstr("too deeply"));
}

TEST(Condition, NamedOnesAreExpandedAndMayNotNameEachOther) {
  const auto named = [](std::string_view word) -> std::string {
    if (word == "hosted") return "set A or set B";
    return word == "circle" ? "circle and set A" : "";
  };
  const auto condition = Condition::parse("not hosted and set C", named);
  ASSERT_TRUE(condition);
  EXPECT_THAT(condition->names(), ::testing::ElementsAre("A", "B", "C"));
  EXPECT_TRUE(condition->holds([](std::string_view name) { return name == "C" ? "x" : ""; }));
  EXPECT_THAT(Condition::parse("circle", named).error(), ::testing::HasSubstr("name each other"));
}

TEST(Condition, QuotesForTerraform) {
  EXPECT_EQ(hcl_quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(hcl_quoted("${x} %{y} $x"), R"("$${x} %%{y} $x")");
  EXPECT_EQ(hcl_quoted("a\nb\tc\x01"), R"("a\nb\tc\u0001")");
}

// --- against Terraform

const std::vector<std::string> kNames{"A", "B", "C"};
const std::vector<std::string> kValues{"x",          "y",        "true",       "false",
                                       "on",         "0",        "1",          "no",
                                       "7",          "-3",       "007",        "99999999999999999",
                                       "1e3",        "0x10",     "8.0",        "redis://h",
                                       "REDISS://h", "://h",     "9a://h",     "a b",
                                       " x",         "x ",       "x,y",        "x , y",
                                       ",",          "{}",       R"({"K":1})", R"({"K":null,"x":2})",
                                       R"(["K"])",   "\"K\"",    "{",          "${x}",
                                       "%{if}",      "a\"b",     "a\\b",       "a\nb",
                                       "x\n",        "\xc3\xa9", "ab",         "abc",
                                       "abcd",       "x-y",      "null",       "-",
                                       "+5",         " 5"};

std::string random_test(Random& random) {
  static const std::string patterns[] = {"[a-z]+",       "x",       "(x|y|7)+", "[A-Za-z:/]*",
                                         "-?[0-9]{1,3}", R"(\{\})", "a[ -~]*"};
  const auto name = random.pick(kNames);
  const auto number = std::to_string(static_cast<int>(random.below(12)) - 4);
  static const std::string signs[] = {" = ", " < ", " <= ", " > ", " >= "};
  switch (random.below(11)) {
    case 0:
      return "set " + name;
    case 1:
      return name + " = \"" + random.pick(std::vector<std::string>{"x", "y", "true", "a b", "${x}", "{}"}) +
             "\"";
    case 2:
      return name + " in [x, y, \"x,y\", redis]";
    case 3:
      return name + (random.chance(50) ? " = true" : " = false");
    case 4:
      return name + random.pick(signs) + number;
    case 5:
      return "length(" + name + ")" + random.pick(signs) + number;
    case 6:
      return "scheme(" + name + ") in [redis, rediss]";
    case 7:
      return name + " has key " + (random.chance(50) ? "K" : "x");
    case 8:
      return name + " contains \"" + (random.chance(50) ? "x" : "y") + "\"";
    case 9:
      return name + " = " + random.pick(kNames);
    default:
      return name + " matches \"" + random.pick(patterns) + "\"";
  }
}

std::string random_condition(Random& random, int depth) {
  if (depth == 0 || random.chance(35)) return (random.chance(25) ? "not " : "") + random_test(random);
  const std::string word = random.chance(50) ? " and " : " or ";
  return (random.chance(25) ? "not (" : "(") + random_condition(random, depth - 1) + word +
         random_condition(random, depth - 1) + ")";
}

std::vector<Environment> random_environments(Random& random) {
  std::vector<Environment> environments;
  for (int i = 0; i < 40; ++i) {
    Environment one;
    for (const auto& name : kNames)
      if (random.chance(85)) one[name] = random.pick(kValues);
    environments.push_back(std::move(one));
  }
  return environments;
}

/// `said` holds 1 or 0 for each condition in each environment.
void expect_same(const std::vector<std::string>& conditions, const std::vector<Environment>& environments,
                 const std::string& said) {
  ASSERT_EQ(said.size(), conditions.size() * environments.size()) << said.substr(0, 2'000);
  size_t at = 0, held = 0;
  for (const auto& condition : conditions) {
    for (const auto& environment : environments) {
      const bool theirs = said[at++] == '1';
      held += theirs;
      ASSERT_EQ(holds(condition, environment), theirs)
          << condition << " with " << boost::json::serialize(boost::json::value_from(environment));
    }
  }
  EXPECT_GT(held, said.size() / 10);
  EXPECT_LT(held, said.size() * 9 / 10);
}

TEST(Condition, JavaScriptJudgesRandomOnesAlike) {
  if (!has_program("node")) GTEST_SKIP() << "node is not installed";
  Random random(3);
  const auto environments = random_environments(random);
  const Folder folder;
  boost::json::array rows;
  for (const auto& one : environments) rows.push_back(boost::json::value_from(one));
  std::ofstream source(folder.path / "ask.mjs");
  source << "const environments = " << rows << ";\nlet said = \"\";\nfor (const holds of [\n";
  std::vector<std::string> conditions;
  for (int i = 0; i < trials(400, 20'000); ++i) {
    conditions.push_back(random_condition(random, 3));
    const auto condition = Condition::parse(conditions.back());
    ASSERT_TRUE(condition) << conditions.back() << ": " << condition.error();
    source << "  (value) => " << condition->script() << ",\n";
  }
  source << "]) for (const env of environments) said += holds((name) => env[name] ?? \"\") ? 1 : 0;\n"
            "process.stdout.write(said);\n";
  source.close();
  expect_same(conditions, environments, run("node " + (folder.path / "ask.mjs").string()));
}

TEST(Condition, TerraformJudgesRandomOnesAlike) {
  if (!has_program("terraform")) GTEST_SKIP() << "terraform is not installed";
  Random random(2);
  const auto environments = random_environments(random);
  const Folder folder;
  boost::json::array rows;
  for (const auto& one : environments) rows.push_back(boost::json::value_from(one));
  std::ofstream(folder.path / "environments.json") << rows;
  std::ofstream source(folder.path / "main.tf");
  source
      << "locals {\n  environments = jsondecode(file(\"${path.module}/environments.json\"))\n  answers = [\n";
  const Condition::Sources sources = [](std::string_view name) {
    return Condition::Source{"try(coalesce(env[\"" + std::string(name) + "\"]), \"\")"};
  };
  std::vector<std::string> conditions;
  for (int i = 0; i < trials(120, 3'000); ++i) {
    conditions.push_back(random_condition(random, 3));
    const auto condition = Condition::parse(conditions.back());
    ASSERT_TRUE(condition) << conditions.back() << ": " << condition.error();
    source << "    join(\"\", [for env in local.environments : " << condition->hcl(sources)
           << " ? \"1\" : \"0\"]),\n";
  }
  source << "  ]\n}\n";
  source.close();
  std::ofstream(folder.path / "ask") << "join(\"\", local.answers)\n";
  const auto said = terraform(folder.path, "console < ask");
  ASSERT_GT(said.size(), 3u) << said;
  expect_same(conditions, environments, said.substr(1, said.size() - 3));  // within quotes
}

}  // namespace starter::contracts::testing
