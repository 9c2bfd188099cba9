// A range of numbers as a pattern of their text. In an environment every value is text, and minimum and
// maximum of JSON Schema judge numbers alone.
#include <optional>

#include "writers.h"

namespace starter::contracts {

namespace {

using Digits = std::string;

std::string one_of(char least, char most) {
  if (least == most) return {least};
  return std::string("[") + least + "-" + most + "]";
}

std::string any_digits(size_t count) {
  if (count == 0) return "";
  return count == 1 ? "[0-9]" : "[0-9]{" + std::to_string(count) + "}";
}

/// Of the same length: 37 to 512 would be two calls.
void between(const Digits& least, const Digits& most, const std::string& head,
             std::vector<std::string>& out) {
  if (least.empty()) return out.push_back(head);
  const Digits tail_of_least = least.substr(1), tail_of_most = most.substr(1);
  const Digits zeros(tail_of_least.size(), '0'), nines(tail_of_least.size(), '9');
  if (least[0] == most[0]) return between(tail_of_least, tail_of_most, head + least[0], out);
  char from = least[0], to = most[0];
  if (tail_of_least != zeros) between(tail_of_least, nines, head + from++, out);
  if (tail_of_most != nines) --to;
  if (from <= to) out.push_back(head + one_of(from, to) + any_digits(zeros.size()));
  if (tail_of_most != nines) between(zeros, tail_of_most, head + most[0], out);
}

Digits digits_of(double number) {
  return std::to_string(static_cast<unsigned long long>(number));
}

/// Whole numbers from 0 on, without zeros in front; no most is any.
std::vector<std::string> whole(double least, std::optional<double> most) {
  std::vector<std::string> out;
  if (most && *most < least) return out;
  Digits from = digits_of(least);
  const Digits end = most ? digits_of(*most) : Digits(from.size(), '9');
  while (from.size() < end.size()) {
    between(from, Digits(from.size(), '9'), "", out);
    from = "1" + Digits(from.size(), '0');
  }
  between(from, end, "", out);
  if (!most) out.push_back("[1-9]" + any_digits(end.size()) + "[0-9]*");
  return out;
}

/// Without a sign. With a fraction the greatest stands alone: 30, 30.0, and not 30.5.
std::vector<std::string> sizes(Type type, double least, std::optional<double> most) {
  if (type == Type::integer) return whole(least, most);
  if (!most) return {"(" + joined(whole(least, most), "|") + ")([.][0-9]+)?"};
  std::vector<std::string> out;
  if (const auto below = whole(least, *most - 1); *most > least && !below.empty())
    out.push_back("(" + joined(below, "|") + ")([.][0-9]+)?");
  out.push_back(digits_of(*most) + "([.]0+)?");
  return out;
}

}  // namespace

std::string range_pattern(const Variable& variable) {
  return "0*(" + joined(sizes(variable.type, *variable.min, variable.max), "|") + ")";
}

}  // namespace starter::contracts
