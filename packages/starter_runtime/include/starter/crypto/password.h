// Password hashes: Argon2id (RFC 9106) over HMAC-SHA-256(pepper, password).
//
// The pepper goes in by HMAC and not by concatenation, so that neither the length of the password nor its
// bytes can move the border between the two. Stored form: a PHC string with the pepper's id as `keyid`,
// "$argon2id$v=19$m=19456,t=2,p=1,keyid=Xy3_0aQz$salt$hash".
#pragma once

#include <string>
#include <string_view>

#include "starter/core/secret.h"
#include "starter/crypto/pepper.h"

namespace starter::crypto {

/// Blocking: one call takes about 13 ms and 19 MiB. On an I/O thread use PasswordPool.
class PasswordHasher {
 public:
  explicit PasswordHasher(const Peppers& peppers) : peppers_(peppers.derive("starter password v1")) {}

  /// 19 MiB, two passes, one lane (OWASP's minimum for Argon2id). std::bad_alloc when there is no memory.
  std::string hash(const Secret& password) const;

  /// False too for a stored text that is no hash of ours, or whose pepper is no longer active; it takes as
  /// long as a true one. Parameters above 64 MiB or four passes are refused, so that a stored text can't tie
  /// up the process.
  bool verify(const Secret& password, std::string_view stored) const;

  /// Whether the next log-in should store a new hash: other parameters, or a pepper that is not the first.
  bool needs_rehash(std::string_view stored) const;

  /// Looks like a hash and is one of nothing, for log-ins of unknown accounts: verifying it costs the same.
  const std::string& decoy() const { return decoy_; }

 private:
  std::string make_decoy() const;

  Peppers peppers_;
  std::string decoy_ = make_decoy();  // drawn, not computed: a start shouldn't take a hash longer
};

}  // namespace starter::crypto
