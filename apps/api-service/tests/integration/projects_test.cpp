// Projects over HTTP: what the feature promises, and to whom.
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

class Projects : public WithApi<Projects> {
 protected:
  Projects()
      : tenant(api().add_tenant("Projects")),
        owner(api().client().with_token(tenant.owner.access_token)),
        path("/api/v1/tenants/" + tenant.id + "/projects") {}

  std::string create(const std::string& name) {
    const auto made = owner.post(path, R"({"name":")" + name + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.text("id");
  }
  Client as(const std::string& role) {
    return api().client().with_token(api().add_member(tenant, role, role).access_token);
  }

  TenantOf tenant;
  Client owner;
  std::string path;
};

TEST_F(Projects, AreCreatedOnceAndRecorded) {
  const auto keyed = owner.with_header("Idempotency-Key", "projects-key-1");
  const auto made = keyed.post(path, R"({"name":"First"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("name"), "First");
  EXPECT_TRUE(made.json().at("archived_at").is_null());
  EXPECT_EQ(keyed.post(path, R"({"name":"First"})").text("id"), made.text("id"));
  EXPECT_EQ(owner.get(path).json().at("items").as_array().size(), 1u);
  const auto events = owner.get("/api/v1/tenants/" + tenant.id + "/audit-events").json();
  EXPECT_EQ(events.at("items").at(0).at("action").as_string(), "project.created");
}

TEST_F(Projects, NeedAName) {
  for (const auto* body : {"{}", R"({"name":""})", R"({"name":1})", R"({"name":"A","color":"red"})"}) {
    const auto reply = owner.post(path, body);
    EXPECT_EQ(reply.status, 422) << body;
    EXPECT_EQ(reply.code(), "request.invalid") << body;
  }
}

TEST_F(Projects, AreListedNewestFirstPageByPage) {
  const std::string ids[] = {create("A"), create("B"), create("C")};
  const auto first = owner.get(path + "?limit=2").json();
  ASSERT_EQ(first.at("items").as_array().size(), 2u);
  EXPECT_EQ(first.at("items").at(0).at("id").as_string(), ids[2]);
  const std::string cursor(first.at("next_cursor").as_string());
  const auto second = owner.get(path + "?limit=2&cursor=" + cursor).json();
  ASSERT_EQ(second.at("items").as_array().size(), 1u);
  EXPECT_EQ(second.at("items").at(0).at("id").as_string(), ids[0]);
  EXPECT_TRUE(second.at("next_cursor").is_null());
  EXPECT_EQ(owner.get(path + "?cursor=made-up").status, 422);
}

TEST_F(Projects, AreRenamedUnderTheVersionThatWasRead) {
  const auto one = path + "/" + create("Before");
  EXPECT_EQ(owner.patch(one, R"({"name":"After"})").status, 428);
  const auto matching = owner.with_header("If-Match", "\"1\"");
  const auto renamed = matching.patch(one, R"({"name":"After"})");
  ASSERT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.text("name"), "After");
  EXPECT_EQ(renamed.headers.at("etag"), "\"2\"");
  EXPECT_EQ(matching.patch(one, R"({"name":"Too late"})").code(), "precondition.failed");
}

TEST_F(Projects, AreArchivedForGood) {
  const auto one = path + "/" + create("Done");
  const auto archived = owner.post(one + "/archive", "");
  ASSERT_EQ(archived.status, 200) << archived.body;
  EXPECT_FALSE(archived.json().at("archived_at").is_null());
  EXPECT_EQ(owner.post(one + "/archive", "").text("archived_at"), archived.text("archived_at"));
  const auto late = owner.with_header("If-Match", archived.headers.at("etag"));
  EXPECT_EQ(late.patch(one, R"({"name":"Again"})").code(), "project.archived");
}

TEST_F(Projects, AreReadByViewersAndChangedByMembers) {
  const auto one = path + "/" + create("Shared");
  const auto viewer = as("viewer");
  EXPECT_EQ(viewer.get(path).status, 200);
  EXPECT_EQ(viewer.post(path, R"({"name":"Mine"})").code(), "role.insufficient");
  EXPECT_EQ(viewer.post(one + "/archive", "").code(), "role.insufficient");
  EXPECT_EQ(as("member").post(one + "/archive", "").status, 200);
}

TEST_F(Projects, OfOneTenantDoNotExistForAnother) {
  const auto id = create("Secret plans");
  const auto other = api().add_tenant("Other");
  const auto stranger = api().client().with_token(other.owner.access_token);
  const std::string theirs = "/api/v1/tenants/" + other.id + "/projects";
  EXPECT_EQ(stranger.get(path).code(), "tenant.mismatch");
  EXPECT_EQ(stranger.get(theirs).json().at("items").as_array().size(), 0u);
  EXPECT_EQ(stranger.post(theirs + "/" + id + "/archive", "").status, 404);
  const auto renamed =
      stranger.with_header("If-Match", "\"1\"").patch(theirs + "/" + id, R"({"name":"Mine"})");
  EXPECT_EQ(renamed.status, 404) << renamed.body;
  EXPECT_EQ(owner.get(path).json().at("items").at(0).at("name").as_string(), "Secret plans");
}

}  // namespace
}  // namespace starter::test
