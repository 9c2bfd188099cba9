// The signing keys that this process uses right now.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "starter/core/clock.h"
#include "starter/core/task.h"
#include "starter/crypto/keyset.h"

namespace starter {

/// Loads the keyset and follows its changes, so that a rotation reaches every running replica without a
/// restart. current() is safe from any thread and never blocks.
class Keys {
 public:
  /// Makes the file with a first key when there is none and `create` is set (development).
  /// Throws with the file's path and the fix when the keyset can't be used.
  Keys(std::string path, bool create, const Clock& clock);

  std::shared_ptr<const crypto::Keyset> current() const { return current_.load(); }

  /// Looks for a new version every second until stop().
  Task<> follow(Executor executor);
  void stop() { stopping_ = true; }

 private:
  crypto::KeysetFile file_;
  const Clock& clock_;
  std::atomic<std::shared_ptr<const crypto::Keyset>> current_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace starter
