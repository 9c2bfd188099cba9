#include "setup/line.h"

#include <algorithm>

namespace starter::console::setup {

namespace {

bool is_inside_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// As a URL or an address has them: a word ends where one would change it.
bool is_of_word(const std::string& character) {
  return std::string_view(" /:@?&=,.").find(character) == std::string_view::npos;
}

}  // namespace

void Line::type(char byte) {
  if (is_inside_character(byte) && cursor_ > 0) {
    characters_[cursor_ - 1] += byte;
    return;
  }
  characters_.insert(characters_.begin() + static_cast<std::ptrdiff_t>(cursor_), std::string(1, byte));
  ++cursor_;
}

std::size_t Line::word_before() const {
  auto at = cursor_;
  while (at > 0 && !is_of_word(characters_[at - 1])) --at;
  while (at > 0 && is_of_word(characters_[at - 1])) --at;
  return at;
}

std::size_t Line::word_after() const {
  auto at = cursor_;
  while (at < characters_.size() && !is_of_word(characters_[at])) ++at;
  while (at < characters_.size() && is_of_word(characters_[at])) ++at;
  return at;
}

void Line::go(Move move) {
  switch (move) {
    case Move::left:
      cursor_ -= cursor_ > 0;
      return;
    case Move::right:
      cursor_ += cursor_ < characters_.size();
      return;
    case Move::word_left:
      cursor_ = word_before();
      return;
    case Move::word_right:
      cursor_ = word_after();
      return;
    case Move::home:
      cursor_ = 0;
      return;
    case Move::end:
      cursor_ = characters_.size();
      return;
  }
}

void Line::cut(Cut what) {
  auto from = cursor_, to = cursor_;
  if (what == Cut::before) from -= cursor_ > 0;
  if (what == Cut::after) to += cursor_ < characters_.size();
  if (what == Cut::word) from = word_before();
  if (what == Cut::to_home) from = 0;
  if (what == Cut::to_end) to = characters_.size();
  const auto at = [&](std::size_t place) { return characters_.begin() + static_cast<std::ptrdiff_t>(place); };
  characters_.erase(at(from), at(to));
  cursor_ = from;
}

std::string Line::text() const {
  std::string all;
  for (const auto& character : characters_) all += character;
  return all;
}

Line::View Line::view(std::size_t columns, bool secret) const {
  columns = std::max<std::size_t>(columns, 1);
  const auto first = cursor_ < columns ? 0 : cursor_ - columns + 1;
  const auto last = std::min(characters_.size(), first + columns);
  View view{.columns = last - first, .cursor = cursor_ - first};
  for (auto at = first; at < last; ++at) view.text += secret ? "*" : characters_[at];
  return view;
}

}  // namespace starter::console::setup
