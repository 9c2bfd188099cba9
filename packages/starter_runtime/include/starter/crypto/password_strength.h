// Whether a password is one that an attacker tries early: an offline stand-in for a list of breached
// passwords.
//
// Of the passwords in known breaches, few have twelve characters or more, and those that do are made of
// parts: a common word with a year behind it, a walk over the keyboard, a word twice. A list of whole
// passwords misses each variation, so a password is cut into the cheapest sequence of such parts, and the
// guesses that the parts cost are added up (the idea of zxcvbn, USENIX Security 2016). What stays below 2^30
// guesses is refused: with Argon2id at 13 ms that is half a year of one core, and far less than that for
// whoever rents many.
#pragma once

#include <span>
#include <string_view>

namespace starter::crypto {

/// Bits of work to guess the password, with words of the account itself (name, e-mail, product) counted as
/// known. Only the first 128 bytes are looked at: bounded work, about 50 us for a long password.
double password_bits(std::string_view password, std::span<const std::string_view> personal = {});

inline constexpr double kLeastPasswordBits = 30;

/// nullptr, or a sentence for the field error that says what would help. Length limits are the type's own
/// business.
const char* password_weakness(std::string_view password, std::span<const std::string_view> personal = {});

}  // namespace starter::crypto
