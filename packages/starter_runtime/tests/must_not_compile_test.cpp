// What the types of the runtime forbid. A case is a file of must_not_compile/: it does not compile, its first
// line says with which words, at the line that ends in "// bad"; without that line it compiles. A line that
// ends in "// instead" stands there only then.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "starter/testing/process.h"

namespace starter {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(STARTER_SOURCE) / "packages/starter_runtime/tests/must_not_compile";

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(kCases))
    if (entry.path().extension() == ".cpp") out.push_back(entry.path().stem());
  std::sort(out.begin(), out.end());
  return out;
}

class MustNotCompile : public testing::TestWithParam<std::string> {
 protected:
  struct Compiled {
    int status;
    std::string said;
  };

  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::TemporaryFolder>();
    const auto made = compile({"-x", "c++-header", (kCases / "prelude.h").string(), "-o", precompiled()});
    ASSERT_EQ(made.status, 0) << made.said;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string precompiled() { return (folder_->path() / "prelude.h.pch").string(); }

  static Compiled compile(std::vector<std::string> arguments) {
    const std::vector<std::string> common{STARTER_COMPILER,
                                          "-std=gnu++23",

                                          "-Werror",
                                          "-Wno-gnu-statement-expression-from-macro-expansion",
                                          "-DBOOST_ASIO_SEPARATE_COMPILATION",
                                          "-DBOOST_BEAST_SEPARATE_COMPILATION",
                                          "-DBOOST_ASIO_NO_DEPRECATED",
                                          "-DBOOST_ASIO_DISABLE_BOOST_COROUTINE",
                                          "-I" STARTER_SOURCE "/packages/starter_runtime/include",
                                          "-I/usr/include/postgresql"};
    arguments.insert(arguments.begin(), common.begin(), common.end());
    const auto log = folder_->path() / "log";
    fs::remove(log);
    const int status = test::run({.arguments = std::move(arguments), .log = log});
    return {status, read(log)};
  }

  /// The case with its bad lines, or with those that stand there instead of them; lines keep their numbers.
  static Compiled compile_case(const std::string& text, bool good) {
    const auto path = folder_->path() / "case.cpp";
    std::ofstream file(path);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      file << (line.ends_with(good ? "// bad" : "// instead") || line == "#include \"prelude.h\"" ? "" : line)
           << "\n";
    file.close();
    return compile({"-include-pch", precompiled(), "-fsyntax-only", path.string()});
  }

 private:
  static inline std::unique_ptr<test::TemporaryFolder> folder_;
};

TEST_P(MustNotCompile, AndSaysWhy) {
  const auto text = read(kCases / (GetParam() + ".cpp"));
  ASSERT_TRUE(text.starts_with("// error: "));
  const auto wanted = text.substr(10, text.find('\n') - 10);
  const auto bad = compile_case(text, false);
  EXPECT_NE(bad.status, 0) << "it compiles";
  EXPECT_NE(bad.said.find(wanted), std::string::npos) << bad.said;
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("// bad")), '\n');
  if (GetParam() != "a_member_that_is_not_described") {
    EXPECT_NE(bad.said.find("case.cpp:" + std::to_string(line) + ":"), std::string::npos) << bad.said;
  }
  const auto good = compile_case(text, true);
  EXPECT_EQ(good.status, 0) << good.said;
}

INSTANTIATE_TEST_SUITE_P(Cases, MustNotCompile, testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace starter
