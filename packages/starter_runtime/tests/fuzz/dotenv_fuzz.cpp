#include <cstdint>
#include <cstdlib>

#include "starter/settings/dotenv.h"

// Whatever is read can be written with quotes and read back.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using starter::settings::parse_dotenv;
  const auto variables = parse_dotenv({reinterpret_cast<const char*>(data), size});
  if (!variables) return 0;
  std::string text;
  for (const auto& [name, value] : *variables) {
    text += name + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += "\"\n";
  }
  const auto again = parse_dotenv(text);
  if (text.size() < 1024 * 1024 && (!again || *again != *variables)) std::abort();
  return 0;
}
