// A value that must not be printed.
#pragma once

#include <string>
#include <string_view>

namespace starter {

/// Holds a secret. It has no stream operator and no JSON codec, compares in constant time, and is wiped when
/// it is destroyed; reveal() marks the few places where the value is needed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  size_t size() const { return value_.size(); }

  /// Constant time for equal lengths.
  friend bool operator==(const Secret& left, const Secret& right) { return equal(left.value_, right.value_); }

 private:
  static bool equal(std::string_view left, std::string_view right);
  void wipe() noexcept;
  std::string value_;
};

}  // namespace starter
