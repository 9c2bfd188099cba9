#include "checks/file_mode.h"

#include <sys/stat.h>

#include <cerrno>

#include "checks/kinds.h"
#include "system/files.h"

namespace starter::console::checks {

std::optional<Finding> open_to_others(std::string_view id, const std::filesystem::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0 || (facts.st_mode & 077) == 0) return std::nullopt;
  auto one = found(id, path.string() + " can be read by others.", "", "chmod 600 '" + path.string() + "'");
  one.mend = [path]() -> Outcome<> {
    if (::chmod(path.c_str(), 0600) != 0) return file_failure("close", path, errno);
    return {};
  };
  return one;
}

}  // namespace starter::console::checks
