#include <cstdlib>
#include <utility>

#include "app/settings.h"
#include "starter/settings/dotenv.h"

namespace {

using starter::settings::Source;

/// What is wrong with the settings, in one text.
std::string complaints(const Source& source) {
  std::string all;
  const auto loaded = starter::load_settings(source);
  if (loaded) return all;
  for (const auto& problem : loaded.error()) {
    if (problem.variable.empty() || problem.what.empty()) std::abort();
    if (problem.what.find('\n') != std::string::npos || problem.fix.find('\n') != std::string::npos)
      std::abort();
    all += problem.what + "\n" + problem.fix + "\n";
  }
  return all;
}

}  // namespace

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
  const std::string said = complaints(source);
  const auto pepper = source.env_file.find("AUTH_PASSWORD_PEPPER");
  if (pepper == source.env_file.end() || pepper->second.size() < 12) return 0;
  const std::string secret = std::exchange(pepper->second, std::string(pepper->second.size(), 'x'));
  // Words of our own may stand in the secret too; then they are still there when the secret is another.
  if (said.find(secret) != said.npos && complaints(source).find(secret) == std::string::npos) std::abort();
  return 0;
}
