#include "starter/net/host.h"

#include <gtest/gtest.h>

namespace starter::net {
namespace {

TEST(Host, OfThisMachine) {
  for (const char* host :
       {"localhost", "api.localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_this_machine(host)) << host;
  }
}

TEST(Host, OfAnother) {
  for (const char* host :
       {"", "0.0.0.0", "[::]", "127.evil.example", "127.0.0.1.evil.example", "localhost.example",
        "mylocalhost", "128.0.0.1", "10.0.0.1", "[2001:db8::1]", "::ffff:10.0.0.1", "127.0.0.1@evil"}) {
    EXPECT_FALSE(is_this_machine(host)) << host;
  }
}

TEST(Host, IsFoundInAUrl) {
  EXPECT_EQ(host_of("https://app.example.com:8443/x?y#z"), "app.example.com");
  EXPECT_EQ(host_of("http://[::1]:80/"), "[::1]");
  EXPECT_EQ(host_of("smtps://mailer:pass@word@mail.example.com:465"), "mail.example.com");
  EXPECT_EQ(host_of("app.example.com/x"), "app.example.com");
  // Where a request would really go, whatever it looks like.
  EXPECT_EQ(host_of("http://localhost:80@evil.example/"), "evil.example");
  EXPECT_EQ(host_of("http://evil.example?@localhost/"), "evil.example");
  EXPECT_EQ(host_of("http://evil.example#@localhost/"), "evil.example");
}

TEST(Host, TheFirstOfSeveralStandsForThemAll) {
  EXPECT_EQ(with_first_host("postgresql://u:p@a.example:1,b.example:2/db?x=1,2"),
            "postgresql://u:p@a.example:1/db?x=1,2");
  EXPECT_EQ(with_first_host("postgres://a:1,b:2"), "postgres://a:1");
  EXPECT_EQ(with_first_host("postgresql://u:p,q@a/db"), "postgresql://u:p,q@a/db");
  EXPECT_EQ(with_first_host("postgresql://a/d,b"), "postgresql://a/d,b");
  EXPECT_EQ(with_first_host("https://a,b/"), "https://a,b/");
  EXPECT_EQ(with_first_host("postgresql://"), "postgresql://");
}

}  // namespace
}  // namespace starter::net
