// RESP3, the protocol of Redis (https://github.com/redis/redis-specifications, protocol/RESP3.md), without
// any I/O.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace starter::redis {

/// One value from the server.
struct Reply {
  enum class Kind : uint8_t { null, text, error, integer, number, boolean, array, map, set, push };

  Kind kind = Kind::null;
  std::string text;          // text, error, and the digits of a big number
  int64_t integer = 0;       // integer; 1 for true
  double number = 0;         // number
  std::vector<Reply> items;  // array, set, push; a map holds names and values in turn

  bool is_error() const { return kind == Kind::error; }
  bool is_null() const { return kind == Kind::null; }
};

struct RespLimits {
  size_t max_text = 8 * 1024 * 1024;  // bytes of one text
  size_t max_line = 64 * 1024;        // bytes of a line: errors, numbers, lengths
  size_t max_items = 100'000;         // of one reply with everything in it
  size_t max_depth = 8;
};

/// Cuts replies out of a stream of bytes. Attributes are read and dropped; streamed lengths ("$?") are
/// refused, no server sends them unasked. After an error the stream is useless: the parser keeps giving that
/// error.
class RespParser {
 public:
  explicit RespParser(RespLimits limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes) { buffer_ += bytes; }

  /// The next whole reply, nothing when more bytes are needed, or a sentence without the data.
  std::expected<std::optional<Reply>, const char*> next();

 private:
  enum class Step : uint8_t { done, more, failed };
  Step read(size_t depth, Reply& out);
  Step read_line(std::string_view& out);
  Step read_length(std::string_view line, size_t max, std::optional<size_t>& out);
  Step read_text(size_t length, Reply& out);
  Step read_items(size_t count, size_t depth, Reply& out);
  Step fail(const char* why) {
    error_ = why;
    return Step::failed;
  }

  const RespLimits limits_;
  std::string buffer_;
  size_t begin_ = 0;   // of the reply that is next
  size_t at_ = 0;      // while it is read
  size_t needed_ = 0;  // it can't be whole before the buffer has this size: keeps large texts linear
  size_t items_ = 0;
  const char* error_ = nullptr;
};

/// Appends a command as an array of bulk strings.
void append_command(std::span<const std::string> words, std::string& out);

}  // namespace starter::redis
