#include "starter/core/report.h"

#include <cstdio>

namespace starter {
namespace {
std::function<void(std::string_view, std::string_view)>& reporter() {
  static std::function<void(std::string_view, std::string_view)> installed;
  return installed;
}
}  // namespace

void report_bug(std::string_view where, std::string_view what) {
  if (reporter()) return reporter()(where, what);
  std::fprintf(stderr, "bug in %.*s: %.*s\n", static_cast<int>(where.size()), where.data(),
               static_cast<int>(what.size()), what.data());
}

void set_bug_reporter(std::function<void(std::string_view, std::string_view)> installed) {
  reporter() = std::move(installed);
}

}  // namespace starter
