// What the walks over the command table share: each habit is one test of every command.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "frame/command.h"

namespace starter::console::testing {

class EveryCommand : public ::testing::TestWithParam<const Command*> {
 protected:
  const Command& command() const { return *GetParam(); }

  std::vector<std::string> words() const {
    std::istringstream in{std::string(command().name)};
    return {std::istream_iterator<std::string>(in), {}};
  }
  std::vector<std::string> words_and(std::string word) const {
    auto all = words();
    all.push_back(std::move(word));
    return all;
  }
};

inline std::vector<const Command*> all_commands() {
  std::vector<const Command*> all;
  for (const auto& command : command_table()) all.push_back(&command);
  return all;
}

inline std::string test_name(const ::testing::TestParamInfo<const Command*>& info) {
  std::string name(info.param->name);
  std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

inline std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace starter::console::testing
