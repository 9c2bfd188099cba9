// Tokens that are derived, never stored: a copy of the database can't be turned into a link in a mail or a
// session.
//
// A token is its id and a MAC over that id with a pepper that only the process knows. The row in the database
// says whether it was used, when it expires and what it is for; the MAC says that we made it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "starter/core/types.h"
#include "starter/crypto/hash.h"
#include "starter/crypto/pepper.h"

namespace starter::crypto {

/// Tokens in mails: e-mail verification, password reset, invites. Queued mail holds the token's id alone; the
/// token is derived when the mail is sent, and the same again when it is sent twice.
class OneTimeTokens {
 public:
  explicit OneTimeTokens(const Peppers& peppers) : peppers_(peppers.derive("starter one-time token v1")) {}

  /// base64url(id || MAC): 64 characters. `purpose` is a constant such as "password_reset"; a token made for
  /// one purpose is none for another.
  std::string derive(const Uuid& id, std::string_view purpose) const;

  /// The id, when the token is ours and for this purpose. Constant time in the MAC; bounded.
  std::optional<Uuid> verify(std::string_view token, std::string_view purpose) const;

 private:
  Peppers peppers_;
};

/// A refresh token as it came from a client: nothing in it is trusted before RefreshTokens::verify.
struct RefreshToken {
  Uuid family;
  int64_t generation = 0;
  std::array<unsigned char, 16> stamp{};
  Digest proof{};

  /// base64url(id) "." generation "." base64url(stamp || proof), in its one spelling, at most 112 characters.
  static std::optional<RefreshToken> parse(std::string_view text);
};

/// Refresh families: the proof in a token is HMAC(K[key_id], id || gen || salt). The family's row holds salt
/// and key_id, so the successor of a generation can be derived again for a client that never saw the reply.
/// The stamp is an HMAC over id, gen and proof: it says without a question to the database that we made the
/// token, while whoever stole the peppers but not the database can't make the proof.
class RefreshTokens {
 public:
  explicit RefreshTokens(const Peppers& peppers)
      : peppers_(peppers.derive("starter refresh token v1")),
        stamps_(peppers.derive("starter refresh stamp v1")) {}

  /// The key_id to store with a new family.
  const std::string& key_id() const { return peppers_.first_id(); }

  /// Empty when the family's pepper is no longer active: its sessions must sign in again.
  std::optional<std::string> derive(const Uuid& family, int64_t generation, std::string_view salt,
                                    std::string_view key_id) const;

  /// Whether the stamp is ours, by any active pepper. Constant time.
  bool verify_stamp(const RefreshToken& token) const;
  /// Whether the proof is ours for this family's salt and key. Constant time.
  bool verify(const RefreshToken& token, std::string_view salt, std::string_view key_id) const;

 private:
  Peppers peppers_, stamps_;
};

}  // namespace starter::crypto
