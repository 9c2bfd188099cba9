#include "operate/sealed_file.h"

#include <fcntl.h>
#include <sodium/utils.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "system/files.h"

namespace starter::console::operate {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kBegin = "starter backup 1\n";
constexpr std::string_view kEnd = "\nstarter backup end\n";
constexpr std::size_t kTail = kEnd.size() + 8 + crypto_hash_sha256_BYTES;
constexpr std::size_t kMostHead = 64U << 10, kMostPiece = 32U << 20;
constexpr auto kOverhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr auto kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string big_endian(std::uint64_t number, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  for (const char c : text) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// A key of its own for this use: the same secret under another name opens nothing here.
Secret stream_key(const Secret& key) {
  return crypto::hkdf_sha256(key.reveal(), "", "starter backup stream 1",
                             crypto_secretstream_xchacha20poly1305_KEYBYTES);
}

Failure broken(std::string code, const fs::path& path, const std::string& why) {
  return {.code = std::move(code),
          .what = path.string() + " can't be used as a backup.",
          .why = why,
          .fix = "starter-console backup list   # and take another one, or a copy from elsewhere",
          .exit = Exit::check_failed,
          .docs = "docs/how-to/back-up-and-restore.md"};
}

Failure damaged(const fs::path& path, const std::string& why) {
  return broken("backup.damaged", path, "It is damaged: " + why + ".");
}

}  // namespace

std::string key_id(const Secret& key) {
  return crypto::hex_encode(crypto::hkdf_sha256(key.reveal(), "", "starter backup key id", 8).reveal());
}

SealedWriter::SealedWriter(SealedWriter&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::move(other.part_)),
      fd_(std::exchange(other.fd_, -1)),
      head_(std::move(other.head_)),
      stream_(other.stream_),
      digest_(other.digest_),
      bytes_(other.bytes_) {}

SealedWriter::~SealedWriter() {
  sodium_memzero(&stream_, sizeof stream_);
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(part_.c_str());
}

Outcome<SealedWriter> SealedWriter::create(const fs::path& path, const Secret& key, std::string_view head) {
  CHECKED(make_folders(path.parent_path()));
  const auto part = path.parent_path() / ("." + path.filename().string() + ".part");
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return file_failure("write", part, errno);
  SealedWriter writer(path, part, fd);
  crypto_hash_sha256_init(&writer.digest_);
  std::string header(kHeader, '\0');
  crypto_secretstream_xchacha20poly1305_init_push(&writer.stream_, raw(header),
                                                  raw(stream_key(key).reveal()));
  writer.head_ = head;
  CHECKED(writer.write(std::string(kBegin) + big_endian(head.size(), 4) + std::string(head) + header));
  return writer;
}

Outcome<> SealedWriter::write(std::string_view text) {
  crypto_hash_sha256_update(&digest_, raw(text), text.size());
  bytes_ += text.size();
  while (!text.empty()) {
    const auto written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failure("write", part_, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Outcome<> SealedWriter::seal(std::string_view piece, unsigned char tag) {
  std::string sealed(piece.size() + kOverhead, '\0');
  crypto_secretstream_xchacha20poly1305_push(&stream_, raw(sealed), nullptr, raw(piece), piece.size(),
                                             raw(head_), head_.size(), tag);
  head_.clear();
  return write(big_endian(sealed.size(), 4) + sealed);
}

Outcome<> SealedWriter::add(std::string_view piece) {
  return seal(piece, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
}

Outcome<SealedWriter::Whole> SealedWriter::finish(std::string_view last) {
  CHECKED(seal(last, crypto_secretstream_xchacha20poly1305_TAG_FINAL));
  CHECKED(write(std::string(kEnd) + big_endian(bytes_ + kTail, 8)));
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  auto state = digest_;
  crypto_hash_sha256_final(&state, raw(digest));
  CHECKED(write(digest));
  // A link instead of a rename: it never takes the place of a backup that is there.
  if (::fsync(fd_) != 0 || ::link(part_.c_str(), path_.c_str()) != 0)
    return file_failure("write", path_, errno);
  if (const int folder = ::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return Whole{crypto::hex_encode(digest), bytes_};
}

SealedReader::SealedReader(SealedReader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      head_(std::move(other.head_)),
      digest_text_(std::move(other.digest_text_)),
      first_(other.first_),
      at_(other.at_),
      size_(other.size_),
      stream_(other.stream_),
      digest_(other.digest_) {}

SealedReader::~SealedReader() {
  sodium_memzero(&stream_, sizeof stream_);
  if (fd_ >= 0) ::close(fd_);
}

Outcome<std::string> SealedReader::take(std::size_t length) {
  std::string text(length, '\0');
  for (std::size_t have = 0; have < length;) {
    const auto got = ::pread(fd_, text.data() + have, length - have, static_cast<off_t>(at_ + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_failure("read", path_, errno);
    if (got == 0) return damaged(path_, "it ends in the middle of a piece");
    have += static_cast<std::size_t>(got);
  }
  at_ += length;
  crypto_hash_sha256_update(&digest_, raw(text), length);
  return text;
}

Outcome<> SealedReader::look_at_the_end() {
  std::string tail(kTail, '\0');
  const bool whole = size_ >= kTail && ::pread(fd_, tail.data(), kTail, static_cast<off_t>(size_ - kTail)) ==
                                           static_cast<ssize_t>(kTail);
  if (!whole || !tail.starts_with(kEnd))
    return broken("backup.truncated", path_, "Its end is missing: it was cut off, or is still being copied.");
  const auto said = number_of(std::string_view(tail).substr(kEnd.size(), 8));
  if (said != size_)
    return damaged(path_,
                   "it has " + std::to_string(size_) + " bytes and was made with " + std::to_string(said));
  digest_text_ = crypto::hex_encode(std::string_view(tail).substr(kEnd.size() + 8));
  return {};
}

Outcome<SealedReader> SealedReader::open(const fs::path& path) {
  SealedReader reader(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts = {};
  if (reader.fd_ < 0 && errno == ENOENT)
    return Failure{.code = "backup.missing",
                   .what = "There is no backup " + path.string() + ".",
                   .why = "No file has this name.",
                   .fix = "starter-console backup list",
                   .exit = Exit::not_found};
  if (reader.fd_ < 0 || ::fstat(reader.fd_, &facts) != 0) return file_failure("read", path, errno);
  if (!S_ISREG(facts.st_mode)) return broken("backup.not_one", path, "It is no regular file.");
  reader.size_ = static_cast<std::uint64_t>(facts.st_size);
  crypto_hash_sha256_init(&reader.digest_);
  if (reader.size_ < kBegin.size() || CHECKED(reader.take(kBegin.size())) != kBegin)
    return broken("backup.not_one", path, "It does not begin as a backup of this format does.");
  CHECKED(reader.look_at_the_end());
  const auto length = number_of(CHECKED(reader.take(4)));
  if (length > kMostHead) return damaged(path, "its head is longer than any");
  reader.head_ = CHECKED(reader.take(length));
  return reader;
}

Outcome<> SealedReader::unlock(const Secret& key) {
  const auto header = CHECKED(take(kHeader));
  if (crypto_secretstream_xchacha20poly1305_init_pull(&stream_, raw(header), raw(stream_key(key).reveal())) !=
      0)
    return damaged(path_, "the header of its stream is none");
  return {};
}

Outcome<SealedReader::Piece> SealedReader::next() {
  const auto length = number_of(CHECKED(take(4)));
  if (length < kOverhead || length > kMostPiece || at_ + length + kTail > size_)
    return damaged(path_, "a piece of it has no length that a piece can have");
  const auto sealed = CHECKED(take(length));
  Piece piece{.bytes = std::string(length - kOverhead, '\0')};
  const auto bound = std::exchange(first_, false) ? std::string_view(head_) : std::string_view();
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&stream_, raw(piece.bytes), nullptr, &tag, raw(sealed),
                                                 sealed.size(), raw(bound), bound.size()) != 0)
    return damaged(path_, "a piece of it was changed, or is not in its place");
  piece.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  if (!piece.last) return piece;
  if (at_ + kTail != size_) return damaged(path_, "something stands behind its last piece");
  static_cast<void>(CHECKED(take(kEnd.size() + 8)));
  auto state = digest_;
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, raw(digest));
  if (crypto::hex_encode(digest) != digest_text_)
    return damaged(path_, "its digest is that of another content");
  return piece;
}

}  // namespace starter::console::operate
