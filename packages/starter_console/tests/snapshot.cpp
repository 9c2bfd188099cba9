#include "tests/snapshot.h"

#include <sys/stat.h>

#include <sstream>

namespace starter::console::testing {

Snapshot snapshot_of(const fs::path& folder) {
  Snapshot all;
  for (const auto& found : fs::recursive_directory_iterator(folder)) {
    struct stat facts{};
    EXPECT_EQ(::lstat(found.path().c_str(), &facts), 0) << found.path();
    Entry entry{.mode = facts.st_mode, .content = {}};
    if (S_ISREG(facts.st_mode)) entry.content = sha256_hex(*read_file(found.path(), 256U << 20));
    if (found.path().filename() == "console-audit.jsonl") entry.content = *read_file(found.path());
    all[fs::relative(found.path(), folder)] = std::move(entry);
  }
  return all;
}

std::vector<std::string> difference(const Snapshot& before, const Snapshot& after) {
  std::vector<std::string> paths;
  for (const auto& [path, entry] : after) {
    const auto old = before.find(path);
    if (old == before.end() || !(old->second == entry)) paths.push_back(path);
  }
  for (const auto& [path, entry] : before)
    if (!after.contains(path)) paths.push_back(path);
  return paths;
}

std::vector<std::string> audit_lines(const Snapshot& snapshot) {
  std::vector<std::string> lines;
  for (const auto& [path, entry] : snapshot) {
    if (!path.ends_with("console-audit.jsonl")) continue;
    std::istringstream in(entry.content);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
  }
  return lines;
}

}  // namespace starter::console::testing
