// A value that is replaced as a whole while any thread reads it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace starter {

/// Readers keep what they got, however often it is replaced. A lock of a few instructions stands in the place
/// of std::atomic<std::shared_ptr>: that of libstdc++ 12 lets a reader go with a relaxed store, so on ARM its
/// read of the pointer may come after a writer's exchange (shared_ptr_atomic.h, _Sp_atomic::load).
template <class Value>
class Published {
 public:
  /// Null until the first store().
  std::shared_ptr<const Value> load() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  void store(std::shared_ptr<const Value> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);
  }  // the lock ends before the parameter does: what was replaced is deleted outside

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Value> value_;
};

}  // namespace starter
