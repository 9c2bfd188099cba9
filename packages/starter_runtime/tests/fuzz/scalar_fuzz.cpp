#include <cstdlib>

#include "starter/core/types.h"

namespace {

/// What is taken has a text form that is taken as the same value.
template <class T>
void settle(std::string_view input) {
  T value{}, again{};
  if (T::from_text(input, value)) return;
  std::string text, text_again;
  value.to_text(text);
  if (T::from_text(text, again)) std::abort();
  again.to_text(text_again);
  if (text != text_again) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  settle<Uuid>(input);
  settle<Timestamp>(input);
  settle<Email>(input);
  settle<Slug>(input);
  settle<Name<1, 40>>(input);
  settle<Bytes>(input);
  return 0;
}
