#include "starter/providers/environment.h"

#include "starter/core/private_file.h"

namespace starter::providers {

Environment environment_of(settings::Source source) {
  const auto plain = [source = std::move(source)](std::string_view name) -> std::string {
    if (auto value = source.environment(name); value && !value->empty()) return *value;
    const auto found = source.env_file.find(name);
    return found == source.env_file.end() ? "" : found->second;
  };
  return [plain](std::string_view name) {
    if (auto value = plain(name); !value.empty()) return value;
    const auto path = plain(std::string(name) + "_FILE");
    if (path.empty()) return std::string();
    auto text = read_text_file(path, 64 * 1024);
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
  };
}

}  // namespace starter::providers
