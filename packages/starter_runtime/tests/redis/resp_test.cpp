#include "starter/redis/resp.h"

#include <gtest/gtest.h>

#include <cmath>

namespace starter::redis {
namespace {

Reply one(std::string_view bytes) {
  RespParser parser;
  parser.feed(bytes);
  const auto reply = parser.next();
  EXPECT_TRUE(reply && *reply) << bytes;
  return reply && *reply ? **reply : Reply();
}

TEST(Resp, ReadsEveryTypeOfTheProtocol) {
  EXPECT_EQ(one("+OK\r\n").text, "OK");
  EXPECT_TRUE(one("-ERR no\r\n").is_error());
  EXPECT_EQ(one("!6\r\nERR no\r\n").text, "ERR no");
  EXPECT_EQ(one(":-42\r\n").integer, -42);
  EXPECT_EQ(one("$5\r\na\r\nb!\r\n").text, "a\r\nb!");
  EXPECT_EQ(one("=8\r\ntxt:text\r\n").text, "text");
  EXPECT_TRUE(one("$-1\r\n").is_null());
  EXPECT_TRUE(one("*-1\r\n").is_null());
  EXPECT_TRUE(one("_\r\n").is_null());
  EXPECT_EQ(one("#t\r\n").integer, 1);
  EXPECT_EQ(one(",1.5\r\n").number, 1.5);
  EXPECT_TRUE(std::isinf(one(",-inf\r\n").number));
  EXPECT_EQ(one("(3492890328409238509324850943850943825024385\r\n").text,
            "3492890328409238509324850943850943825024385");
  EXPECT_EQ(one("*2\r\n:1\r\n*1\r\n+x\r\n").items[1].items[0].text, "x");
  EXPECT_EQ(one("%1\r\n+name\r\n:1\r\n").items.size(), 2U);
  EXPECT_EQ(one(">2\r\n+message\r\n+x\r\n").kind, Reply::Kind::push);
  EXPECT_EQ(one("|1\r\n+ttl\r\n:1\r\n:7\r\n").integer, 7);
}

TEST(Resp, ReadsRepliesThatArriveByteByByte) {
  RespParser parser;
  size_t replies = 0;
  for (const char c : std::string("*2\r\n$3\r\nabc\r\n:7\r\n+OK\r\n%1\r\n+a\r\n$0\r\n\r\n")) {
    parser.feed({&c, 1});
    const auto reply = parser.next();
    ASSERT_TRUE(reply);
    replies += reply->has_value();
  }
  EXPECT_EQ(replies, 3U);
}

TEST(Resp, TakesTheLongestLineHoweverItIsCut) {
  RespParser parser({.max_line = 4});
  parser.feed("+abc\r");
  const auto cut = parser.next();
  ASSERT_TRUE(cut);
  EXPECT_FALSE(*cut);
  parser.feed("\n");
  const auto whole = parser.next();
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->text, "abc");
  parser.feed("+abcd\r");
  EXPECT_FALSE(parser.next());
}

TEST(Resp, RefusesWhatBreaksTheProtocolOrItsLimits) {
  for (const std::string& bytes :
       {std::string("x\r\n"), std::string("\r\n"), std::string("$?\r\n"), std::string("*?\r\n"),
        std::string("$-2\r\n"), std::string(":a\r\n"), std::string("#x\r\n"), std::string("_x\r\n"),
        std::string("$3\r\nabcde\r\n"), std::string("$99999999999\r\n"), std::string("*99999999\r\n"),
        std::string("=2\r\nab\r\n"), std::string(70'000, '+'),
        std::string(":1") + std::string(30, '0') + "\r\n"}) {
    RespParser parser;
    parser.feed(bytes);
    const auto reply = parser.next();
    EXPECT_FALSE(reply) << bytes.substr(0, 20);
    EXPECT_FALSE(parser.next());
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "*1\r\n";
  RespParser parser;
  parser.feed(deep);
  EXPECT_FALSE(parser.next());
}

TEST(Resp, CountsTheValuesOfAWholeReply) {
  RespParser parser({.max_items = 10});
  parser.feed("*3\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*0\r\n");
  EXPECT_FALSE(parser.next());
}

TEST(Resp, WritesACommandAsBulkStrings) {
  std::string out;
  append_command(std::vector<std::string>{"SET", "key", "a\r\nb"}, out);
  EXPECT_EQ(out, "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$4\r\na\r\nb\r\n");
}

}  // namespace
}  // namespace starter::redis
