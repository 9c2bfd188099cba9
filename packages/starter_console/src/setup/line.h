// The line that a person is typing: characters and a cursor between them. No terminal here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace starter::console::setup {

enum class Move : uint8_t { left, right, word_left, word_right, home, end };
enum class Cut : uint8_t { before, after, word, to_home, to_end };  // what is taken out, seen from the cursor

class Line {
 public:
  /// Bytes as they come: a character of several joins with its first.
  void type(char byte);
  void go(Move move);
  void cut(Cut what);

  bool empty() const { return characters_.empty(); }
  std::string text() const;

  /// What is seen of it in so many columns, the cursor always among it; a secret is asterisks.
  struct View {
    std::string text{};
    std::size_t columns = 0, cursor = 0;  // how wide the text is, and where the cursor stands in it
  };
  View view(std::size_t columns, bool secret) const;

 private:
  std::size_t word_before() const;
  std::size_t word_after() const;

  std::vector<std::string> characters_;
  std::size_t cursor_ = 0;
};

}  // namespace starter::console::setup
