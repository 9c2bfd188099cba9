// Text forms of bytes: base64url for tokens and keys, base64 for mail, hex for digests in logs.
//
// Decoding is strict: one sequence of bytes has exactly one accepted text. A lenient decoder lets a signed
// token or a cache key have several spellings, and what compares texts then disagrees with what compares
// bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace starter::crypto {

/// base64url without padding (RFC 4648 section 5).
std::string base64url_encode(std::string_view bytes);
void base64url_append(std::string_view bytes, std::string& out);

/// Refuses padding, white space, the characters + and /, a length of 4n+1, and trailing bits that are not
/// zero (RFC 4648 section 3.5). Nothing is written when it refuses.
std::optional<std::string> base64url_decode(std::string_view text);

/// base64 with padding on one line (RFC 4648 section 4).
std::string base64_encode(std::string_view bytes);

/// Lower case.
std::string hex_encode(std::string_view bytes);

/// Either case; refuses an odd length.
std::optional<std::string> hex_decode(std::string_view text);

}  // namespace starter::crypto
