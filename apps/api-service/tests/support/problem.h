// What every refusal looks like on the wire (RFC 9457).
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "support/raw_http.h"

namespace starter::test {

/// Fails the test unless the reply is a problem document of its own status, with this code.
inline void expect_problem(const RawReply& reply, const std::string& code) {
  const auto type = reply.headers.find("content-type");
  ASSERT_TRUE(type != reply.headers.end() && type->second == "application/problem+json")
      << reply.status << " " << reply.body;
  const auto problem = boost::json::parse(reply.body).as_object();
  EXPECT_EQ(problem.at("status").as_int64(), reply.status);
  EXPECT_EQ(problem.at("code").as_string(), code);
  EXPECT_EQ(problem.at("type").as_string(), "urn:starter:problem:" + code);
  EXPECT_EQ(problem.at("request_id").as_string(), reply.headers.at("x-request-id"));
  EXPECT_FALSE(problem.at("title").as_string().empty());
  EXPECT_FALSE(problem.at("detail").as_string().empty());
}

}  // namespace starter::test
