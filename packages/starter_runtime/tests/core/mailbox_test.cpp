// Who a mail is from: what an operator writes into a setting.
#include <gtest/gtest.h>

#include "starter/core/types.h"

namespace starter {
namespace {

Mailbox mailbox(std::string_view text) {
  Mailbox out;
  EXPECT_EQ(Mailbox::from_text(text, out), nullptr) << text;
  return out;
}

TEST(Mailbox, IsANameAndAnAddressOrTheAddressAlone) {
  EXPECT_EQ(mailbox("Starter <no-reply@starter.localhost>").name, "Starter");
  EXPECT_EQ(mailbox("Starter <no-reply@starter.localhost>").address.value, "no-reply@starter.localhost");
  EXPECT_EQ(mailbox("\"A, B\" <x@example.com>").name, "A, B");
  EXPECT_EQ(mailbox("<x@example.com>").name, "");
  EXPECT_EQ(mailbox(" x@example.com ").address.value, "x@example.com");
}

TEST(Mailbox, WithoutAnAddressIsNone) {
  for (const char* wrong : {"", "Starter", "Starter <x@example.com", "Starter <x>", "x@localhost",
                            "A <a@example.com> <b@example.com>"}) {
    Mailbox out;
    EXPECT_NE(Mailbox::from_text(wrong, out), nullptr) << wrong;
  }
}

}  // namespace
}  // namespace starter
