#include "starter/crypto/password_strength.h"

#include <gtest/gtest.h>

#include <string>

namespace starter::crypto {
namespace {

TEST(PasswordStrength, RefusesWhatAttackersTryEarly) {
  for (const std::string_view password :
       {"password1234",    "Password1234", "P@ssw0rd1234", "passwordpassword", "qwertyuiop123",
        "1qaz2wsx3edc",    "123456789012", "iloveyou2024", "aaaaaaaaaaaa",     "abcdefghijkl",
        "abcabcabcabc",    "zyxwvutsrqpo", "111111222222", "letmeinletmein",   "asdfghjkl123",
        "charlie19871987", "Football2023", "monkey123456", "!@#$%^&*()_+",     "sunshine2020",
        "qwerty123456",    "superman1234", "000000000000", "dragon666666",     "trustno1trustno1",
        "princess1990",    "azertyuiop12"}) {
    EXPECT_NE(password_weakness(password), nullptr) << password << " " << password_bits(password);
  }
}

TEST(PasswordStrength, AcceptsWordsThatHaveNothingToDoWithEachOtherAndRandomText) {
  for (const std::string_view password :
       {"correct horse battery staple", "velvet otter parade", "kT9#vLq2xWz8", "sjfwoepqmnzt",
        "nebula-trombone-41", "w3ird-Lampshade-orbit", "Ich esse gern Brezeln",
        "\xE5\xAF\x86\xE7\xA0\x81\xE5\xBE\x88\xE9\x95\xBF"}) {
    EXPECT_EQ(password_weakness(password), nullptr) << password << " " << password_bits(password);
  }
}

TEST(PasswordStrength, CountsWhatBelongsToTheAccountAsKnown) {
  const std::string_view personal[] = {"Ottoline.Brezelbaum@example.com", "Zyxomatic"};
  EXPECT_EQ(password_weakness("ottolinebrezelbaum"), nullptr);
  EXPECT_NE(password_weakness("ottolinebrezelbaum", personal), nullptr);
  EXPECT_NE(password_weakness("Brezelbaum2024!", personal), nullptr);
  EXPECT_NE(password_weakness("zyxomatic1234", personal), nullptr);
  EXPECT_EQ(password_weakness("ottoline kT9#vLq2xWz8", personal), nullptr);
}

TEST(PasswordStrength, IsBoundedForLongAndStrangeInput) {
  EXPECT_GT(password_bits(std::string(1'000'000, 'x')), 0);
  EXPECT_EQ(password_bits(""), 0);
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_GT(password_bits(bytes), 0);
}

}  // namespace
}  // namespace starter::crypto
