#include <cstdlib>

#include "app/settings.h"
#include "starter/settings/dotenv.h"

// A .env.local of any content: the service starts with it or says what is wrong, in lines of their own, and
// never repeats a secret.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto variables = settings::parse_dotenv(input);
  if (!variables) return 0;
  settings::Source source{.environment = [](std::string_view) { return std::nullopt; },
                          .env_file = *variables};
  for (auto it = source.env_file.begin(); it != source.env_file.end();) {
    it = it->first.ends_with("_FILE") ? source.env_file.erase(it)
                                      : std::next(it);  // reads no file of this machine
  }
  const auto loaded = load_settings(source);
  if (loaded) return 0;
  const auto pepper = variables->find("AUTH_PASSWORD_PEPPER");
  for (const auto& problem : loaded.error()) {
    if (problem.variable.empty() || problem.what.empty()) std::abort();
    if (problem.what.find('\n') != std::string::npos || problem.fix.find('\n') != std::string::npos)
      std::abort();
    if (pepper == variables->end() || pepper->second.size() < 12) continue;
    if (problem.what.find(pepper->second) != std::string::npos) std::abort();
  }
  return 0;
}
