// One adapter for each kind of target. They look at what the platform will run and believe nothing else; what
// the target says about itself is read apart from that.
#include <yaml-cpp/yaml.h>

#include "document.h"

namespace starter::contracts {

std::expected<RenderedTarget, Unreadable> read_target(const Target& target, const std::string& document) {
  try {
    if (target.kind == "helm") return conform::read_kubernetes(target.name, document);
    if (target.kind == "compose") return conform::read_compose(target.name, document);
    return conform::read_terraform(target.name, document);
  } catch (const YAML::Exception& error) {
    return std::unexpected(
        Unreadable{"is no YAML in line " + std::to_string(error.mark.line + 1) + ": " + error.msg});
  }
}

}  // namespace starter::contracts
