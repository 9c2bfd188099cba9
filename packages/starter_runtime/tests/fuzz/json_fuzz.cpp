#include <boost/json.hpp>
#include <cstdlib>

#include "starter/core/text.h"
#include "tests/http/notes.h"

// What is taken is JSON to another parser too, in UTF-8, and comes back as it was.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto taken = json::decode<std::vector<notes::Note>>(input);
  if (!taken) {
    for (const auto& field : taken.error().fields()) {
      if (!is_utf8(field.pointer)) std::abort();
    }
    return 0;
  }
  boost::system::error_code error;
  boost::json::parse(input, error);
  if (error) std::abort();
  const auto written = json::encode(*taken);
  const auto again = json::decode<std::vector<notes::Note>>(written);
  if (!is_utf8(written) || !again || json::encode(*again) != written) std::abort();
  return 0;
}
