// Files of profiles, and answers of whatever stands where AWS should: each is refused or read whole.
#include <cstdint>
#include <cstdlib>

#include "aws_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter::providers;
  const std::string input(reinterpret_cast<const char*>(data), size);
  for (const auto& [name, value] : profile_section(input, "default"))
    if (name.find('\n') != name.npos || value.find('\n') != value.npos) std::abort();
  for (const auto& keys : {keys_in_json(input, "x"), keys_in_xml(input, "x")})
    if (keys && (keys->key_id.empty() || keys->key.empty())) std::abort();
  if (element(input, "Code").size() > input.size()) std::abort();
  return 0;
}
