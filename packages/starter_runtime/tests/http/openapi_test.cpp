#include "starter/http/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/notes.h"

namespace starter::notes {
namespace {

using boost::json::value;
using testing::Contains;
using testing::ElementsAre;

inline constexpr ProblemType stale{"token.stale", 401, "The token is old", "Refresh it."};
constexpr const ProblemType* kBearer[] = {&stale};

class OpenApi : public testing::Test {
 protected:
  const value& at(const std::string& pointer) { return document.at_pointer(pointer); }
  /// "200 404" and so on.
  std::string statuses(const std::string& operation) {
    std::string out;
    for (const auto& [status, response] : at(operation + "/responses").as_object())
      out += (out.empty() ? "" : " ") + std::string(status);
    return out;
  }

  const std::string text = http::openapi_document(kRoutes, {"Notes", "1", "A few \"routes\".", kBearer});
  const value document = boost::json::parse(text);
};

TEST_F(OpenApi, TheSameRoutesGiveTheSameBytes) {
  EXPECT_EQ(http::openapi_document(kRoutes, {"Notes", "1", "A few \"routes\".", kBearer}), text);
  EXPECT_EQ(at("/openapi").as_string(), "3.1.0");
  EXPECT_EQ(at("/info/description").as_string(), "A few \"routes\".");
}

TEST_F(OpenApi, ARouteIsOneOperation) {
  EXPECT_EQ(at("/paths").as_object().size(), 5U);
  EXPECT_EQ(at("/paths/~1notes/get/operationId").as_string(), "list_notes");
  EXPECT_EQ(at("/paths/~1notes/get/summary").as_string(), "Lists notes");
  EXPECT_EQ(at("/paths/~1notes/get/security"), value(boost::json::array{}));
  EXPECT_FALSE(at("/paths/~1notes~1{note}/delete").as_object().contains("security"));
  EXPECT_EQ(at("/paths/~1tenants~1{tenant}~1notes~1{note}/get/x-role").as_string(), "admin");
}

TEST_F(OpenApi, ParametersComeFromThePathTheQueryAndWhatTheHandlerTakes) {
  const auto names = [&](const std::string& pointer) {
    std::vector<std::string> out;
    for (const auto& parameter : at(pointer + "/parameters").as_array())
      out.push_back(std::string(parameter.at("in").as_string()) + " " +
                    std::string(parameter.at("name").as_string()) +
                    (parameter.at("required").as_bool() ? "!" : ""));
    return out;
  };
  EXPECT_THAT(names("/paths/~1notes/get"), ElementsAre("query limit", "query word", "query archived"));
  EXPECT_THAT(names("/paths/~1notes~1{note}/patch"), ElementsAre("path note!", "header If-Match!"));
  EXPECT_THAT(names("/paths/~1tenants~1{tenant}~1notes~1{note}/get"),
              ElementsAre("path tenant!", "path note!"));
  EXPECT_THAT(names("/paths/~1notes/post"), ElementsAre("header Idempotency-Key"));
}

TEST_F(OpenApi, OptionalsMayBeMissingFromRequestsAndAreNullInReplies) {
  EXPECT_EQ(at("/components/schemas/NewNote/required"), (boost::json::array{"title"}));
  EXPECT_EQ(at("/components/schemas/Note/required"),
            (boost::json::array{"title", "colour", "tags", "text", "version"}));
  EXPECT_EQ(at("/components/schemas/Note/properties/text/anyOf/1/type").as_string(), "null");
  EXPECT_EQ(at("/components/schemas/Note/additionalProperties"), value(false));
}

TEST_F(OpenApi, LimitsStandInTheSchema) {
  EXPECT_EQ(at("/components/schemas/NewNote/properties/title/maxLength").as_int64(), 40);
  EXPECT_EQ(at("/components/schemas/Colour/enum"), (boost::json::array{"red", "green"}));
  EXPECT_EQ(at("/paths/~1notes/get/parameters/0/schema/maximum").as_int64(), 100);
  EXPECT_EQ(at("/components/schemas/NewNote/properties/tags/anyOf/0/minItems").as_int64(), 1);
  EXPECT_EQ(at("/components/schemas/NewNote/properties/tags/anyOf/0/maxItems").as_int64(), 5);
  EXPECT_FALSE(at("/components/schemas/Note/properties/tags").as_object().contains("maxItems"))
      << "a list of a reply has none";
}

TEST_F(OpenApi, AChoiceThatOnlyTheServiceKnowsStandsInTheSchema) {
  const auto with =
      boost::json::parse(http::openapi_document(kRoutes, {.title = "Notes",
                                                          .version = "1",
                                                          .description = "",
                                                          .choices = {{&type_of<Name<1, 20>>, {"a", "b"}}}}));
  EXPECT_EQ(with.at_pointer("/components/schemas/NewNote/properties/tags/anyOf/0/items/enum"),
            (boost::json::array{"a", "b"}));
}

TEST_F(OpenApi, RepliesAndProblemsAreThoseThatTheRouteCanGive) {
  EXPECT_EQ(statuses("/paths/~1notes/get"), "200 403 421 422 429 500 503");
  EXPECT_EQ(statuses("/paths/~1notes/post"), "201 400 403 409 413 415 421 422 429 500 503");
  EXPECT_EQ(statuses("/paths/~1notes~1{note}/delete"), "204 401 403 404 409 421 429 500 503");
  EXPECT_THAT(at("/paths/~1notes~1{note}/patch/responses/409/x-codes").as_array(),
              Contains(value("note.locked")));
  EXPECT_THAT(at("/paths/~1notes~1{note}/delete/responses/401/x-codes").as_array(),
              Contains(value("token.stale")));
  EXPECT_TRUE(at("/paths/~1notes~1{note}/patch/responses/200/headers").as_object().contains("ETag"));
  EXPECT_FALSE(at("/paths/~1notes~1{note}/delete/responses/204").as_object().contains("content"));
}

}  // namespace
}  // namespace starter::notes
