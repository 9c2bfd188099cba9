#include "starter/core/published.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <vector>

namespace starter {
namespace {

TEST(Published, ReadersKeepWhatTheyGot) {
  Published<int> number;
  EXPECT_EQ(number.load(), nullptr);
  number.store(std::make_shared<int>(1));
  const auto first = number.load();
  number.store(std::make_shared<int>(2));
  EXPECT_EQ(*first, 1);
  EXPECT_EQ(*number.load(), 2);
}

TEST(Published, WhatIsReplacedMayReadWhileItIsDeleted) {
  struct Value {
    std::function<void()> farewell;
    ~Value() { farewell(); }
  };
  Published<Value> value;
  bool read = false;
  value.store(std::make_shared<Value>([&] { read = value.load() != nullptr; }));
  value.store(std::make_shared<Value>([] {}));
  EXPECT_TRUE(read);
}

TEST(Published, ManyReadersMeetAWriter) {
  struct Pair {
    int one, other;
  };
  Published<Pair> pair;
  pair.store(std::make_shared<Pair>(0, 0));
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const auto seen = pair.load();
        EXPECT_EQ(seen->one, seen->other);
      }
    });
  }
  for (int i = 1; i <= 10000; ++i) pair.store(std::make_shared<Pair>(i, i));
}

}  // namespace
}  // namespace starter
