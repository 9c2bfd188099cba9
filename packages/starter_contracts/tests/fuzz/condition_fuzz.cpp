// Any text as a condition, judged over any value: it is refused or has an answer, here and as HCL.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "starter/contracts/condition.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using starter::contracts::Condition;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const auto condition = Condition::parse(input.substr(0, line));
  if (!condition) return condition.error().empty() ? std::abort(), 0 : 0;
  const std::string value = line == input.npos ? "" : input.substr(line + 1);
  const auto lookup = [&](std::string_view) { return value; };
  // The same every time.
  if (condition->holds(lookup) != condition->holds(lookup)) std::abort();
  if (condition->hcl([](std::string_view) { return Condition::Source{"\"\""}; }).empty()) std::abort();
  return 0;
}
