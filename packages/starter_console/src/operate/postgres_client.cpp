#include "operate/postgres_client.h"

#include "dev/postgres.h"

namespace starter::console::operate {

Outcome<Launch> postgres_client(const std::string& program, std::vector<std::string> words,
                                const std::map<std::string, std::string>& environment) {
  Launch launch{.argv = {CHECKED(dev::postgres_program(program, {})).string()}, .environment = environment};
  launch.argv.insert(launch.argv.end(), words.begin(), words.end());
  launch.environment["PGAPPNAME"] = "starter-console";
  return launch;
}

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  if (const auto at = text.find("ERROR:"); at != text.npos) text.erase(0, at + 6);
  text.erase(0, text.find_first_not_of(' '));
  return text + (text.ends_with('.') ? "" : ".");
}

}  // namespace starter::console::operate
