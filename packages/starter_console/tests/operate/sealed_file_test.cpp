// The file of a backup: what opens it, and what does not.
#include "operate/sealed_file.h"

#include <gmock/gmock.h>

#include "starter/crypto/hash.h"
#include "tests/support.h"

namespace starter::console::testing {

class SealedFile : public ::testing::Test {
 protected:
  SealedFile() {
    auto writer = operate::SealedWriter::create(path, key, R"({"format":1})");
    EXPECT_TRUE(writer->add("first piece") && writer->add("second piece") &&
                writer->add("third one, it's longer"));
    EXPECT_TRUE(writer->finish("manifest").has_value());
    good = *read_file(path);
  }
  /// What all pieces say, or the code of the failure.
  std::string opened(const std::string& text, const Secret& with) const {
    EXPECT_TRUE(write_file(path, text).has_value());
    auto reader = operate::SealedReader::open(path);
    if (!reader) return reader.error().code;
    if (const auto unlocked = reader->unlock(with); !unlocked) return unlocked.error().code;
    for (std::string all = reader->head();;) {
      const auto piece = reader->next();
      if (!piece) return piece.error().code;
      all += "|" + piece->bytes;
      if (piece->last) return all;
    }
  }
  std::string opened(const std::string& text) const { return opened(text, key); }
  /// With a digest that fits: what somebody can make who has no key.
  static std::string with_digest(std::string text) {
    text.resize(text.size() - 32);
    const auto digest = ::starter::crypto::sha256(text);
    return text + std::string(::starter::crypto::bytes_of(digest));
  }

  TemporaryFolder folder;
  const fs::path path = folder / "one.backup";
  const Secret key{"0123456789abcdef0123456789abcdef"};
  std::string good;
};

TEST_F(SealedFile, GivesBackWhatWasPutIn) {
  EXPECT_EQ(opened(good), R"({"format":1}|first piece|second piece|third one, it's longer|manifest)");
  EXPECT_FALSE(fs::exists(folder / ".one.backup.part"));
  EXPECT_FALSE(operate::SealedWriter::create(path, key, "")->finish("").has_value())
      << "never over another one";
}

TEST_F(SealedFile, H5OpensWithNoBitChangedNoByteMissingAndNoOtherKey) {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char mask : {1, -128}) {
      auto changed = good;
      changed[at] = static_cast<char>(changed[at] ^ mask);
      EXPECT_THAT(opened(changed), ::testing::StartsWith("backup.")) << at;
      if (at < good.size() - 32) {
        EXPECT_THAT(opened(with_digest(changed)), ::testing::StartsWith("backup.")) << at;
      }
    }
    EXPECT_THAT(opened(good.substr(0, at)), ::testing::StartsWith("backup.")) << at;
    EXPECT_THAT(opened(good.substr(0, at) + good.substr(at + 1)), ::testing::StartsWith("backup.")) << at;
  }
  EXPECT_EQ(opened(good + "x"), "backup.truncated");
  EXPECT_EQ(opened(good, Secret("0123456789abcdef0123456789abcdeF")), "backup.damaged");
}

TEST_F(SealedFile, H5OpensWithNoPieceMovedDroppedOrDoubled) {
  // The pieces, cut where their lengths say.
  constexpr std::size_t kHead = 17 + 4 + 12 + 24, kTail = 20 + 8 + 32;
  std::vector<std::string> pieces;
  for (std::size_t at = kHead; at + kTail < good.size();) {
    const auto length = static_cast<unsigned char>(good[at + 3]) + std::size_t{4};
    pieces.push_back(good.substr(at, length));
    at += length;
  }
  ASSERT_EQ(pieces.size(), 4u);
  const auto built = [&](const std::vector<std::size_t>& order) {
    auto text = good.substr(0, kHead);
    for (const auto i : order) text += pieces[i];
    const auto size = text.size() + kTail;
    text += good.substr(good.size() - kTail, 20) + std::string(6, '\0') + static_cast<char>(size >> 8) +
            static_cast<char>(size);
    return with_digest(text + std::string(32, '\0'));
  };
  EXPECT_EQ(opened(built({0, 1, 2, 3})), opened(good)) << "the file is built as it was";
  for (const auto& order : std::vector<std::vector<std::size_t>>{{1, 0, 2, 3},
                                                                 {0, 2, 1, 3},
                                                                 {0, 1, 3},
                                                                 {1, 2, 3},
                                                                 {0, 0, 1, 2, 3},
                                                                 {0, 1, 2},
                                                                 {3},
                                                                 {},
                                                                 {0, 1, 2, 3, 3}})
    EXPECT_EQ(opened(built(order)), "backup.damaged");
}

}  // namespace starter::console::testing
