// The signing keys of the access tokens, as one JSON document:
//
//   {"schema_version": 1,
//    "active":  {"kid", "private", "public", "created_at", "promote_after": null, "retire_after": null},
//    "next":    null or a key whose promote_after says when every verifier must have seen it,
//    "retired": [keys without "private", each with the retire_after until which they verify]}
//
// A rotation takes two writes. publish_next() makes the new key known while the old one still signs;
// promote() lets it sign once every cached JWKS has it. The old key then verifies until the last token it
// signed has expired, so that no verification fails at any time. A retired key's private half is dropped at
// once: nothing needs it any more.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/secret.h"
#include "starter/crypto/ed25519.h"

namespace starter::crypto {

/// What verifies: one public key and the time after which its signatures no longer count.
struct VerifyingKey {
  std::string kid;
  PublicKey key;
  WallTime created_at{};
  std::optional<WallTime> retire_after;
};

/// What signs now or will.
struct SigningKey {
  std::string kid;
  PrivateKey key;
  WallTime created_at{};
  std::optional<WallTime> promote_after;
};

/// A valid keyset always has exactly one active key and no kid twice. A value: copy it, change the copy,
/// store it.
class Keyset {
 public:
  /// A keyset with one fresh active key.
  static Keyset create(WallTime now);

  /// Reads the document. The error names the member and what is wrong, for example "active.public doesn't
  /// belong to active.private", never a value. Bounded: 64 KiB, 16 retired keys.
  static std::expected<Keyset, std::string> parse(std::string_view json);

  /// The document with its private keys.
  Secret serialise() const;

  const SigningKey& active() const { return active_; }
  const std::optional<SigningKey>& next() const { return next_; }
  const std::vector<VerifyingKey>& retired() const { return retired_; }

  /// The key that verifies for `kid` at `now`: active, next (another replica may already sign with it), or
  /// retired and not past its time. nullptr if there is none.
  const PublicKey* find(std::string_view kid, WallTime now) const;
  /// All that find() looks through, without what signs (jwks.h).
  std::vector<VerifyingKey> verifying_keys() const;

  /// Adds a fresh key that may be promoted at now + `wait` (JWKS max-age + pick-up + clock skew). Fails with
  /// a sentence when one is waiting already.
  const char* publish_next(WallTime now, std::chrono::seconds wait);

  /// The next key signs from now on; the old one verifies for `verify_for` (token life + leeway). Fails with
  /// a sentence when there is no next key or it is too early.
  const char* promote(WallTime now, std::chrono::seconds verify_for);

  /// Removes the retired keys whose time is over; returns how many.
  size_t prune(WallTime now);

  /// The public JWK set (RFC 7517 section 5, RFC 8037 section 2) and a strong entity tag for it, quotes
  /// included.
  std::string jwks() const;
  std::string jwks_etag() const;

 private:
  explicit Keyset(SigningKey active) : active_(std::move(active)) {}
  SigningKey active_;
  std::optional<SigningKey> next_;
  std::vector<VerifyingKey> retired_;
};

/// Reads a keyset from a file that only its owner can read. The error says what is wrong and how to fix it.
std::expected<Keyset, std::string> load_keyset_file(const std::string& path);

/// Writes atomically: a temporary file with mode 0600 in the same directory, fsync, rename, fsync of the
/// directory. A reader sees the old or the new document, whenever the writer dies. Returns an empty string or
/// what failed.
std::string save_keyset_file(const std::string& path, const Keyset& keyset);

/// Follows a keyset file that another process rewrites. Not thread-safe: one loop polls it and hands the
/// snapshots out.
class KeysetFile {
 public:
  explicit KeysetFile(std::string path) : path_(std::move(path)) {}

  enum class Poll { unchanged, changed, failed };

  /// Looks at device, inode, size and mtime, and reads the file only when they differ from last time. After
  /// `failed` the last good keyset stays in force and error() says why.
  Poll poll();

  /// nullptr until the first successful poll.
  std::shared_ptr<const Keyset> current() const { return current_; }
  const std::string& error() const { return error_; }

 private:
  struct Identity {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t modified_nanoseconds = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  static std::optional<Identity> identify(const std::string& path);

  std::string path_;
  std::optional<Identity> seen_;
  std::shared_ptr<const Keyset> current_;
  std::string error_;
};

}  // namespace starter::crypto
