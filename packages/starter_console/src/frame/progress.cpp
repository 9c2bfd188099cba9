#include "frame/progress.h"

namespace starter::console {

using std::chrono::seconds;

std::string in_words(seconds time) {
  const auto count = time.count();
  if (count >= 86400)
    return std::to_string(count / 86400) + " d " + std::to_string(count % 86400 / 3600) + " h";
  if (count >= 3600) return std::to_string(count / 3600) + " h " + std::to_string(count % 3600 / 60) + " min";
  if (count >= 60) return std::to_string(count / 60) + " min";
  return std::to_string(count) + " s";
}

std::optional<Estimate> Progress::reached(std::uint64_t done, std::uint64_t total) {
  const auto now = clock_.steady();
  if (done == 0 || done > total || now - told_ < seconds(5)) return std::nullopt;
  told_ = now;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const std::chrono::duration<double> passed = now - began_;
  return Estimate{static_cast<int>(share * 100), std::chrono::round<seconds>(passed * (1 - share) / share)};
}

}  // namespace starter::console
