#include <cstdint>
#include <cstdlib>

#include "starter/redis/resp.h"

// The same replies must come out however the bytes are cut: the first byte says where.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter::redis;
  if (size == 0) return 0;
  const size_t step = data[0] % 17 + 1;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RespLimits limits{.max_text = 4096, .max_line = 256, .max_items = 1000, .max_depth = 8};
  RespParser whole(limits), cut(limits);
  size_t from_whole = 0, from_cut = 0;
  whole.feed(input);
  for (auto reply = whole.next(); reply && *reply; reply = whole.next()) ++from_whole;
  for (size_t at = 0; at < input.size(); at += step) {
    cut.feed(input.substr(at, step));
    for (auto reply = cut.next(); reply && *reply; reply = cut.next()) ++from_cut;
  }
  if (from_whole != from_cut) std::abort();
  return 0;
}
