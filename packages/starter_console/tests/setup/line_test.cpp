// The line under the cursor, against a model that is as plain as can be.
#include "setup/line.h"

#include <gtest/gtest.h>

#include <random>

namespace starter::console::setup {

namespace {

Line typed(std::string_view text) {
  Line line;
  for (const char byte : text) line.type(byte);
  return line;
}

}  // namespace

TEST(Line, IsEditedWhereTheCursorIs) {
  auto line = typed("acme.exmple.com");
  line.go(Move::word_left);
  line.go(Move::left);
  for (int i = 0; i < 4; ++i) line.go(Move::left);
  line.type('a');
  EXPECT_EQ(line.text(), "acme.example.com");
  line.go(Move::home);
  line.cut(Cut::after);
  line.type('A');
  line.go(Move::end);
  line.cut(Cut::word);
  EXPECT_EQ(line.text(), "Acme.example.");
  line.go(Move::word_left);
  line.cut(Cut::to_end);
  EXPECT_EQ(line.text(), "Acme.");
  line.cut(Cut::to_home);
  EXPECT_TRUE(line.empty());
  for (const auto what : {Cut::before, Cut::after, Cut::word, Cut::to_home, Cut::to_end}) line.cut(what);
  for (const auto move : {Move::left, Move::right, Move::word_left, Move::word_right}) line.go(move);
  EXPECT_TRUE(line.empty());
}

TEST(Line, ACharacterOfSeveralBytesIsOne) {
  auto line = typed("a\xC3\xA9\xE2\x82\xAC");
  EXPECT_EQ(line.view(10, true).text, "***");
  line.go(Move::left);
  line.cut(Cut::before);
  EXPECT_EQ(line.text(), "a\xE2\x82\xAC");
}

TEST(Line, TheCursorIsAlwaysSeen) {
  auto line = typed("0123456789");
  EXPECT_EQ(line.view(4, false).text, "789");
  EXPECT_EQ(line.view(4, false).cursor, 3u);
  line.go(Move::home);
  EXPECT_EQ(line.view(4, false).text, "0123");
  EXPECT_EQ(line.view(4, false).cursor, 0u);
}

TEST(Line, AgreesWithAModelWhateverIsPressed) {
  std::mt19937 random(18);
  for (int trial = 0; trial < 200; ++trial) {
    Line line;
    std::string text;
    std::size_t cursor = 0;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 7) {
        case 0:
          line.go(Move::left);
          cursor -= cursor > 0;
          break;
        case 1:
          line.go(Move::right);
          cursor += cursor < text.size();
          break;
        case 2:
          line.cut(Cut::before);
          if (cursor > 0) text.erase(--cursor, 1);
          break;
        case 3:
          line.cut(Cut::after);
          if (cursor < text.size()) text.erase(cursor, 1);
          break;
        case 4:
          if (random() % 8 != 0) continue;
          line.cut(Cut::to_home);
          text.erase(0, cursor), cursor = 0;
          break;
        default:
          const auto byte = static_cast<char>('a' + random() % 26);
          line.type(byte);
          text.insert(cursor++, 1, byte);
      }
      const auto view = line.view(7, false);
      ASSERT_EQ(line.text(), text);
      ASSERT_LE(view.columns, 7u);
      ASSERT_LE(view.cursor, view.columns);
      ASSERT_NE(text.find(view.text), text.npos);
    }
  }
}

}  // namespace starter::console::setup
