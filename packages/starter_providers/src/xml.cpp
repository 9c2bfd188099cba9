#include "xml.h"

namespace starter::providers {

std::string element(std::string_view xml, const std::string& name) {
  const auto open = '<' + name + '>';
  const size_t from = xml.find(open), to = xml.find("</" + name + '>');
  if (from == xml.npos || to == xml.npos || to < from + open.size()) return "";
  return std::string(xml.substr(from + open.size(), to - from - open.size()));
}

}  // namespace starter::providers
