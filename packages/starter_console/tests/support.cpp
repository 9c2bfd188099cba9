#include "tests/support.h"

#include <algorithm>
#include <cctype>

namespace starter::console::testing {

using namespace std::chrono_literals;

std::string console_binary() {
  const char* other = std::getenv("STARTER_CONSOLE");
  return other != nullptr ? other : STARTER_CONSOLE_BINARY;
}

// Each error that any test provokes has a fix that a shell would run.
void expect_fix_is_a_command(const std::string& err) {
  const auto at = err.find("\n  fix: ");
  if (at == err.npos) return;
  const auto fix = err.substr(at + 8, err.find('\n', at + 1) - at - 8);
  EXPECT_TRUE(begins_with_a_program(fix)) << "no command: " << fix;
}

Ran run_console(const std::vector<std::string>& words, const std::map<std::string, std::string>& environment,
                const fs::path& folder) {
  const TemporaryFolder streams;
  const auto err = streams / "err";
  // The shell parts the two streams; the words travel as its arguments and are not read by it.
  Launch launch{.argv = {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>\"$STDERR_FILE\"", console_binary()},
                .environment = {{"STDERR_FILE", err.string()},
                                {"CI", ""},
                                {"CLICOLOR_FORCE", ""},
                                {"NO_COLOR", ""},
                                {"COLUMNS", ""},
                                {"TERM", "dumb"}},
                .folder = folder};
  launch.argv.insert(launch.argv.end(), words.begin(), words.end());
  for (const auto& [name, value] : environment) launch.environment[name] = value;
  const auto ran = run_process(launch, 60s);
  if (!ran) return {-1, "", ran.error().why};
  const auto said = read_file(err);
  // ./dev is for people with a clone, who have its files open.
  if (said && (words.empty() || words[0] != "dev")) expect_fix_is_a_command(*said);
  return {ran->status, ran->output, said ? *said : ""};
}

// `cd` and `export` are words of prose as well: behind them stands a path, or a name.
bool goes_on_as_a_command(std::string_view program, std::string_view rest) {
  rest = rest.substr(0, rest.find("   # "));
  if (program == "cd") return rest.find_first_of("/.~'$") == 0 && rest.find(' ') == rest.npos;
  if (program != "export" && program != "unset") return true;
  const auto name = rest.substr(0, rest.find('='));
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char c) { return c == '_' || std::isalnum(c); });
}

bool begins_with_a_program(std::string_view line) {
  constexpr std::string_view kPrograms[] = {"starter-console",
                                            "(umask",
                                            "./dev",
                                            "\"${EDITOR:-vi}\"",
                                            "apt-get",
                                            "aws",
                                            "bash",
                                            "cd",
                                            "chmod",
                                            "command",
                                            "curl",
                                            "createuser",
                                            "date",
                                            "df",
                                            "echo",
                                            "env",
                                            "export",
                                            "findmnt",
                                            "mv",
                                            "getent",
                                            "git",
                                            "locale",
                                            "ls",
                                            "mount",
                                            "psql",
                                            "rm",
                                            "sudo",
                                            "terraform",
                                            "ulimit",
                                            "unset",
                                            "docker",
                                            "helm"};
  const auto word = line.substr(0, line.find(' '));
  // AUDIT_KEY_PATH=/path starter-console ...
  if (const auto equals = word.find('='); equals != word.npos)
    return std::ranges::all_of(word.substr(0, equals),
                               [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
  const auto rest = line.substr(std::min(word.size() + 1, line.size()));
  return (std::ranges::find(kPrograms, word) != std::end(kPrograms) && goes_on_as_a_command(word, rest)) ||
         word.ends_with("/starter-api");
}

FixtureClone::FixtureClone() : base_(reserve_port_block()) {
  const fs::path fixtures = fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/tests/fixtures";
  const auto copy = [&](const char* from, const fs::path& to) {
    fs::create_directories((folder_ / to).parent_path());
    fs::copy_file(fixtures / from, folder_ / to);
  };
  copy("starter-api", "build/everyday/apps/api-service/starter-api");
  copy("server.cjs", "apps/web-app/.next/standalone/server.js");
  copy("server.cjs", "tools/mail-catcher/server.cjs");
  folder_.put("tools/mail-catcher/server.mjs", "import './server.cjs';\n");
}

FixtureClone::~FixtureClone() {
  dev({"down"});
}

Ran FixtureClone::dev(std::vector<std::string> words) const {
  words.insert(words.begin(), "dev");
  return run_console(words, {{"STARTER_ROOT", root().string()}});
}

std::string FixtureClone::calls() const {
  const auto text = read_file(folder_ / "var/dev/calls");
  return text ? *text : "";
}

}  // namespace starter::console::testing
