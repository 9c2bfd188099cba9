// The signing keys that this process uses right now.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "starter/core/clock.h"
#include "starter/core/published.h"
#include "starter/core/task.h"
#include "starter/crypto/keyset.h"
#include "starter/net/timer.h"
#include "starter/providers/secret_store.h"

namespace starter {

/// Loads the keyset and follows its changes, so that a rotation reaches every running replica without a
/// restart. current() is safe from any thread and never blocks.
class Keys {
 public:
  /// A secret manager, and the secret in it that is the keyset.
  struct Stored {
    std::function<std::unique_ptr<providers::SecretStore>(Executor)> open;
    std::string name;
    std::chrono::seconds every{};  // how often it is asked for another version
  };

  /// Makes the file with a first key when there is none and `create` is set (development).
  /// Throws with the file's path and the fix when the keyset can't be used.
  Keys(std::string path, bool create, const Clock& clock);

  /// Waits for the secret manager. Makes the first key when the secret has no value; of replicas that start
  /// together one does. Throws with the fix when the keyset can't be used.
  Keys(Stored stored, const Clock& clock);

  std::shared_ptr<const crypto::Keyset> current() const { return current_.load(); }

  /// A token names a key that is not there: if it is new, it is in the secret manager. Asked for once in five
  /// seconds at most, however many such tokens come. Safe from any thread.
  void miss() const { missed_.store(true, std::memory_order_relaxed); }

  /// Looks for a new version, each second in a file, until stop().
  Task<> follow(Executor executor);
  /// On the thread of follow()'s executor.
  void stop();

 private:
  void poll_file();
  Task<> poll_store(providers::SecretStore& store);
  Task<Result<>> load_or_create(providers::SecretStore& store);

  std::optional<crypto::KeysetFile> file_;
  std::optional<Stored> stored_;
  std::string version_;  // of what was loaded from the store
  const Clock& clock_;
  Published<crypto::Keyset> current_;
  mutable std::atomic<bool> missed_ = false;
  net::Timer* pause_ = nullptr;  // of follow(), while it runs
  bool stopping_ = false;
};

}  // namespace starter
