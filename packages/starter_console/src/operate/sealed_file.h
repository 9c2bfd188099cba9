// A backup as a file: sealed piece by piece while it is written, so that its size is no matter of memory, and
// moved to its name when it is whole.
//
//   "starter backup 1\n" || length of the head (4, big-endian) || head || header of the stream (24)
//   for each piece: length (4, big-endian) || sealed piece
//   "\nstarter backup end\n" || size of the file (8, big-endian) || SHA-256 of everything before (32)
//
// The stream is XChaCha20-Poly1305 (libsodium's secretstream): each piece is bound to its place and to those
// before it, the first one also to the head, and the last one is marked inside what is sealed. So a piece
// that was changed, dropped, doubled or moved, a head from another file and an end that came too early do not
// open. The end and the digest let a file that was cut off or damaged be told from one that was made with
// another key.
#pragma once

#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_secretstream_xchacha20poly1305.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "frame/outcome.h"
#include "starter/core/secret.h"

namespace starter::console::operate {

/// Which key a file was sealed with, in 16 hex digits that say nothing else about it.
std::string key_id(const Secret& key);

class SealedWriter {
 public:
  /// Writes beside `path`, readable by its owner alone. `head` is not secret, and can't be changed unnoticed.
  static Outcome<SealedWriter> create(const std::filesystem::path& path, const Secret& key,
                                      std::string_view head);

  Outcome<> add(std::string_view piece);

  struct Whole {
    std::string digest;  // hex
    std::uint64_t bytes = 0;
  };
  /// Seals the last piece, and gives the file its name once all of it is on the disk. Failure backup.exists.
  Outcome<Whole> finish(std::string_view last);

  SealedWriter(SealedWriter&& other) noexcept;
  SealedWriter& operator=(SealedWriter&&) = delete;
  /// Leaves nothing of a file that was not finished.
  ~SealedWriter();

 private:
  SealedWriter(std::filesystem::path path, std::filesystem::path part, int fd)
      : path_(std::move(path)),
        part_(std::move(part)),
        fd_(fd) {}
  Outcome<> write(std::string_view bytes);
  Outcome<> seal(std::string_view piece, unsigned char tag);

  std::filesystem::path path_, part_;
  int fd_ = -1;
  std::string head_;  // until the first piece has taken it
  crypto_secretstream_xchacha20poly1305_state stream_{};
  crypto_hash_sha256_state digest_{};
  std::uint64_t bytes_ = 0;
};

class SealedReader {
 public:
  /// Reads the head and looks at the end. Failures backup.not_one, backup.truncated, backup.damaged (exit 3);
  /// backup.missing (exit 5).
  static Outcome<SealedReader> open(const std::filesystem::path& path);

  const std::string& head() const { return head_; }
  const std::string& digest() const { return digest_text_; }  // as the file says it, hex
  std::uint64_t bytes() const { return size_; }

  /// Failure backup.damaged: the header of the stream is not there.
  Outcome<> unlock(const Secret& key);

  struct Piece {
    std::string bytes;
    bool last = false;
  };
  /// The next piece. The last one comes out only when the digest of the whole file is right as well.
  /// Failure backup.damaged.
  Outcome<Piece> next();

  SealedReader(SealedReader&& other) noexcept;
  SealedReader& operator=(SealedReader&&) = delete;
  ~SealedReader();

 private:
  SealedReader(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  Outcome<std::string> take(std::size_t length);
  Outcome<> look_at_the_end();

  std::filesystem::path path_;
  int fd_ = -1;
  std::string head_, digest_text_;
  bool first_ = true;
  std::uint64_t at_ = 0, size_ = 0;
  crypto_secretstream_xchacha20poly1305_state stream_{};
  crypto_hash_sha256_state digest_{};
};

}  // namespace starter::console::operate
