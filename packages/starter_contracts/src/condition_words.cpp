#include "condition_words.h"

namespace starter::contracts {

std::string sign_of(Compare compare, const std::string& equal) {
  switch (compare) {
    case Compare::equal:
      break;
    case Compare::less:
      return " < ";
    case Compare::at_most:
      return " <= ";
    case Compare::more:
      return " > ";
    case Compare::at_least:
      return " >= ";
  }
  return " " + equal + " ";
}

std::string spellings_of(const std::string& truth) {
  return truth == "true" ? R"(["true", "1", "yes", "on"])" : R"(["false", "0", "no", "off"])";
}

std::string list_of(const std::vector<std::string>& values, std::string (*quoted)(std::string_view)) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + quoted(value);
  return out + "]";
}

}  // namespace starter::contracts
