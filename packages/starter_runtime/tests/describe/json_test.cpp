#include "starter/describe/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starter {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Inner {
  int64_t count;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (count))

struct Outer {
  Name<1, 10> name;
  std::optional<std::string> note;
  Default<Colour::green> colour;
  std::vector<Inner> inner;
  Int<1, 5> level;
  bool on;
  Uuid id;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (name, note, colour, inner, level, on, id))

struct Bounded {
  List<Inner, 2, 3> pairs;
  std::optional<List<Colour, 1, 2>> colours;
};
BOOST_DESCRIBE_STRUCT(Bounded, (), (pairs, colours))

namespace {

constexpr const char* kId = "018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8e";

std::string document(std::string body) {
  return "{" + body + R"(,"on":true,"id":")" + kId + "\"}";
}

template <class T>
std::vector<std::string> errors_of(const Result<T>& result) {
  std::vector<std::string> out;
  if (!result) {
    for (const auto& field : result.error().fields()) out.push_back(field.pointer + " " + field.code);
  }
  return out;
}

using testing::ElementsAre;

TEST(Json, RoundTripsADescribedStruct) {
  const auto value = json::decode<Outer>(document(
      R"("name":" Ada ","inner":[{"count":1},{"count":-2}],"level":5,"colour":"red","note":"a\"b")"));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(json::encode(*value),
            std::string(R"({"name":"Ada","note":"a\"b","colour":"red","inner":[{"count":1},{"count":-2}],)") +
                R"("level":5,"on":true,"id":")" + kId + "\"}");
}

TEST(Json, FillsDefaultsAndLeavesOptionalsEmpty) {
  const auto value = json::decode<Outer>(document(R"("name":"Ada","inner":[],"level":1)"));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->colour.value, Colour::green);
  EXPECT_FALSE(value->note.has_value());
}

TEST(Json, ReportsEveryWrongFieldAtOnceWithItsPointer) {
  const auto value = json::decode<Outer>(
      R"({"name":"","inner":[{"count":"x"},{}],"level":9,"colour":"blue","id":"no","extra":1,"level":2})");
  EXPECT_THAT(
      errors_of(value),
      ElementsAre("/name required", "/inner/0/count type", "/inner/1/count required", "/level range",
                  "/colour choice", "/id format", "/extra unknown", "/level duplicate", "/on required"));
}

TEST(Json, HoldsAListToItsBounds) {
  const auto good =
      json::decode<Bounded>(R"({"pairs":[{"count":1},{"count":2},{"count":3}],"colours":["green"]})");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->pairs.items.size(), 3u);
  EXPECT_EQ(json::encode(*good), R"({"pairs":[{"count":1},{"count":2},{"count":3}],"colours":["green"]})");
  EXPECT_FALSE(json::decode<Bounded>(R"({"pairs":[{"count":1},{"count":2}]})")->colours.has_value());
  EXPECT_THAT(errors_of(json::decode<Bounded>(R"({"pairs":[],"colours":[]})")),
              ElementsAre("/pairs required", "/colours required"));
  EXPECT_THAT(errors_of(json::decode<Bounded>(R"({"pairs":[{"count":1}],"colours":["red","red","red"]})")),
              ElementsAre("/pairs range", "/colours range"));
}

TEST(Json, NeverRepeatsAStrangeMemberName) {
  const auto value = json::decode<Outer>(document(R"("name":"Ada","inner":[],"level":1,"<script>":1)"));
  EXPECT_THAT(errors_of(value), ElementsAre(" unknown"));
}

TEST(Json, RefusesDeepDocumentsWithoutRecursing) {
  EXPECT_FALSE(json::decode<Outer>(std::string(100000, '[')).has_value());
}

TEST(Json, RefusesWhatIsNotOneJsonDocument) {
  for (const char* text :
       {"", " ", "{", "{} {}", "{\"a\":1e999}", "[1,]", "{'a':1}", "\"\xff\"", "nul", "{\"a\":01}"}) {
    EXPECT_FALSE(json::decode<Outer>(text).has_value()) << text;
  }
}

TEST(Json, RefusesTheZeroCharacter) {
  EXPECT_THAT(errors_of(json::decode<Outer>(document(R"("name":"a\u0000b","inner":[],"level":1)"))),
              ElementsAre("/name characters"));
}

TEST(Json, EscapesWhatJsonDemands) {
  std::string out;
  json::append_quoted("a\"\\\n\x01/<", out);
  EXPECT_EQ(out, R"("a\"\\\n\u0001/<")");
}

TEST(TypeInfo, NamesSchemasWithoutNamespaces) {
  EXPECT_EQ(type_of<Outer>.name, "Outer");
  EXPECT_EQ(type_of<Page<Inner>>.name, "InnerPage");
}

}  // namespace
}  // namespace starter
