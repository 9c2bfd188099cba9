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

}  // namespace
}  // namespace starter::net
