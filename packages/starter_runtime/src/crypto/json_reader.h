// A strict pull reader for the two small JSON documents of this folder: token claims and keysets.
//
// They are security documents: a member that appears twice means two readers may see two values, so it is
// refused, as are escapes in member names, numbers that are not integers, invalid UTF-8 and anything after
// the value. Nothing is built that is not asked for, which keeps the verification of a token close to the
// cost of its signature. A failure is sticky: after it every call returns false.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace starter::crypto {

class JsonReader {
 public:
  /// RFC 8259. `text` must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  /// Reads an object: `on_member(name)` must read exactly one value and return false to refuse.
  template <class OnMember>
  bool object(OnMember&& on_member) {
    if (!open('{')) return false;
    Names seen;
    if (close('}')) return true;
    do {
      std::string_view name;
      if (!member_name(name)) return fail();
      if (!seen.add(name)) {
        repeated_ = name;
        return fail();
      }
      if (!on_member(name)) return fail();
    } while (next_item());
    return close('}') || fail();
  }

  /// Reads an array of at most `max` items: `on_item()` must read one value each time.
  template <class OnItem>
  bool array(size_t max, OnItem&& on_item) {
    if (!open('[')) return false;
    if (close(']')) return true;
    size_t count = 0;
    do {
      if (++count > max || !on_item()) return fail();
    } while (next_item());
    return close(']') || fail();
  }

  bool string(std::string& out, size_t max_bytes);
  bool integer(int64_t& out);
  bool null();
  bool at_null();
  bool at_array();

  /// The member that stands twice in an object, after the failure that this is.
  std::string_view repeated() const { return repeated_; }

  /// Reads any value and drops it; nesting is bounded.
  bool skip() { return skip(8); }

  /// True when the whole text was one value.
  bool finish();

 private:
  /// The names of one object; more than 32 are refused, so that the search stays bounded.
  class Names {
   public:
    bool add(std::string_view name) {
      for (size_t i = 0; i < count_; ++i) {
        if (names_[i] == name) return false;
      }
      if (count_ == names_.size()) return false;
      names_[count_++] = name;
      return true;
    }

   private:
    std::array<std::string_view, 32> names_;
    size_t count_ = 0;
  };

  bool fail() {
    failed_ = true;
    return false;
  }
  void skip_space();
  bool open(char bracket);
  bool close(char bracket);
  bool next_item();
  bool member_name(std::string_view& out);
  bool escape(std::string& out);
  bool hex4(uint32_t& out);
  bool skip(int depth);
  bool literal(std::string_view word);

  std::string_view text_;
  size_t at_ = 0;
  bool failed_ = false;
  std::string_view repeated_;
};

/// Appends `value` in quotes. Control characters, quotes and backslashes are escaped; `value` must be UTF-8.
void append_json_string(std::string_view value, std::string& out);

}  // namespace starter::crypto
