#include "starter/crypto/keyset.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "starter/crypto/encoding.h"
#include "starter/crypto/jwks.h"
#include "tests/temporary_directory.h"

namespace starter::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using testing_support::TemporaryDirectory;

constexpr WallTime kStart{1'800'000'000s};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string document_of(const Keyset& keyset) {
  return std::string(keyset.serialise().reveal());
}

std::string error_of(const std::string& document) {
  const auto keyset = Keyset::parse(document);
  return keyset ? "accepted" : keyset.error();
}

TEST(Keyset, ReadsWhatItWrote) {
  Keyset keyset = Keyset::create(kStart);
  ASSERT_EQ(keyset.publish_next(kStart, 10min), nullptr);
  ASSERT_EQ(keyset.promote(kStart + 10min, 31min), nullptr);
  ASSERT_EQ(keyset.publish_next(kStart + 20min, 10min), nullptr);
  const auto again = Keyset::parse(document_of(keyset));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(document_of(*again), document_of(keyset));
  EXPECT_EQ(again->retired().size(), 1U);
}

TEST(Jwks, HasWhatVerifiesAndNothingThatSigns) {
  Keyset keyset = Keyset::create(kStart);
  ASSERT_EQ(keyset.publish_next(kStart, 10min), nullptr);
  ASSERT_EQ(keyset.promote(kStart + 10min, 31min), nullptr);
  const auto keys = parse_jwks(keyset.jwks());
  ASSERT_TRUE(keys) << keys.error();
  ASSERT_EQ(keys->size(), 2U);
  const auto signature = keyset.active().key.sign("text");
  const std::string_view bytes(reinterpret_cast<const char*>(signature.data()), signature.size());
  EXPECT_TRUE(find_key(*keys, keyset.active().kid, kStart)->verify("text", bytes));
  EXPECT_FALSE(find_key(*keys, keyset.retired()[0].kid, kStart)->verify("text", bytes));
  EXPECT_EQ(find_key(*keys, "another", kStart), nullptr);
  // The keyset itself knows more: until when a retired key counts.
  const auto own = keyset.verifying_keys();
  for (const auto at : {kStart, kStart + 41min, kStart + 42min})
    for (const auto& key : own)
      EXPECT_EQ(find_key(own, key.kid, at) != nullptr, keyset.find(key.kid, at) != nullptr);
}

TEST(Jwks, RefusesWhatIsNoSetOfPublicKeys) {
  const auto good = Keyset::create(kStart).jwks();
  const auto error = [](const std::string& text) {
    const auto keys = parse_jwks(text);
    return keys ? std::string("accepted") : keys.error();
  };
  EXPECT_EQ(error(good), "accepted");
  EXPECT_EQ(error(replaced(good, R"({"keys")", R"({"of":{"whom":[1,"x"]},"keys")")), "accepted");
  EXPECT_THAT(error(replaced(good, R"("use":"sig")", R"("d":"AAAA")")), HasSubstr("private key"));
  EXPECT_THAT(error(replaced(good, "OKP", "RSA")), HasSubstr("no Ed25519 key"));
  EXPECT_THAT(error(replaced(good, R"("x":")", R"("x":"A)")), HasSubstr("has a key whose x"));
  EXPECT_THAT(error(document_of(Keyset::create(kStart))), HasSubstr("no Ed25519 key")) << "a keyset of ours";
  for (const std::string text : {"", "{}", "[]", "{\"keys\":[]}", "{\"keys\":{}}", "{\"keys\":[1]}"})
    EXPECT_THAT(error(text), HasSubstr("the JWK set")) << text;
  EXPECT_THAT(error(good + "x"), HasSubstr("JSON"));
  EXPECT_THAT(error(std::string(65 * 1024, ' ')), HasSubstr("64 KiB"));
}

TEST(Keyset, PublishesTheNextKeyBeforeItSignsAndKeepsTheOldOneUntilItsTokensExpired) {
  Keyset keyset = Keyset::create(kStart);
  const std::string old_kid = keyset.active().kid;
  EXPECT_THAT(keyset.promote(kStart, 31min), HasSubstr("no next key"));
  ASSERT_EQ(keyset.publish_next(kStart, 10min), nullptr);
  EXPECT_THAT(keyset.publish_next(kStart, 10min), HasSubstr("already published"));
  const std::string new_kid = keyset.next()->kid;
  EXPECT_THAT(keyset.jwks(), HasSubstr(new_kid));
  EXPECT_THAT(keyset.promote(kStart + 9min, 31min), HasSubstr("promote_after"));
  ASSERT_EQ(keyset.promote(kStart + 10min, 31min), nullptr);
  EXPECT_EQ(keyset.active().kid, new_kid);
  EXPECT_NE(keyset.find(old_kid, kStart + 41min), nullptr);
  EXPECT_EQ(keyset.find(old_kid, kStart + 42min), nullptr);
  EXPECT_EQ(keyset.prune(kStart + 42min), 1U);
  EXPECT_THAT(keyset.jwks(), Not(HasSubstr(old_kid)));
}

TEST(Keyset, DropsThePrivateHalfOfARetiredKey) {
  Keyset keyset = Keyset::create(kStart);
  const std::string seed = base64url_encode(keyset.active().key.seed().reveal());
  EXPECT_THAT(document_of(keyset), HasSubstr(seed));
  ASSERT_EQ(keyset.publish_next(kStart, 0s), nullptr);
  ASSERT_EQ(keyset.promote(kStart, 31min), nullptr);
  EXPECT_THAT(document_of(keyset), Not(HasSubstr(seed)));
}

TEST(Keyset, ServesPublicKeysWithATagThatFollowsThem) {
  Keyset keyset = Keyset::create(kStart);
  const std::string tag = keyset.jwks_etag();
  EXPECT_THAT(keyset.jwks(), Not(HasSubstr("private")));
  EXPECT_THAT(keyset.jwks(),
              HasSubstr("\"x\":\"" + base64url_encode(keyset.active().key.public_key().raw())));
  EXPECT_EQ(keyset.jwks_etag(), tag);
  ASSERT_EQ(keyset.publish_next(kStart, 10min), nullptr);
  EXPECT_NE(keyset.jwks_etag(), tag);
}

TEST(Keyset, NamesWhatIsWrongWithADocument) {
  Keyset keyset = Keyset::create(kStart);
  const std::string good = document_of(keyset);
  const std::string other = document_of(Keyset::create(kStart));
  const std::string active =
      good.substr(good.find("{\"kid\""), good.find(",\"next\"") - good.find("{\"kid\""));
  const std::string other_public = other.substr(other.find("\"public\":\"") + 10, 43);
  const std::string own_public = good.substr(good.find("\"public\":\"") + 10, 43);
  const std::string own_private = good.substr(good.find("\"private\":\"") + 11, 43);

  EXPECT_EQ(error_of(good), "accepted");
  EXPECT_THAT(error_of(replaced(good, "\"schema_version\":1", "\"schema_version\":2")),
              HasSubstr("schema_version must be 1"));
  EXPECT_THAT(error_of(replaced(good, "\"active\":" + active + ",", "")), HasSubstr("no active key"));
  EXPECT_THAT(error_of(replaced(good, active, "[" + active + "," + active + "]")),
              HasSubstr("two active keys"));
  EXPECT_THAT(error_of(replaced(good, active, active + ",\"active\":" + active)),
              HasSubstr("two active keys"));
  EXPECT_THAT(error_of(replaced(good, "\"kid\":", "\"kid\":\"a\",\"kid\":")), HasSubstr("each member once"));
  EXPECT_THAT(error_of(replaced(good, own_public, other_public)),
              HasSubstr("active.public doesn't belong to active.private"));
  EXPECT_THAT(error_of(replaced(good, own_public, std::string(43, 'A'))), HasSubstr("small order"));
  EXPECT_THAT(error_of(replaced(good, own_private, "c2hvcnQ")), HasSubstr("active.private must be 32 bytes"));
  EXPECT_THAT(error_of(replaced(good, "\"created_at\":\"2", "\"created_at\":\"x")),
              HasSubstr("active.created_at must be an RFC 3339"));
  EXPECT_THAT(error_of(replaced(good, "\"next\":null", "\"next\":" + active)),
              HasSubstr("next.promote_after is missing"));
  EXPECT_THAT(error_of(replaced(good, "\"retired\":[", "\"retired\":[" + active)),
              HasSubstr("without retire_after"));
  EXPECT_THAT(error_of(replaced(good, "\"schema_version\"", "\"extra\":1,\"schema_version\"")),
              HasSubstr("isn't schema_version"));
  EXPECT_THAT(error_of(good + "x"), HasSubstr("valid JSON"));
  EXPECT_THAT(error_of(""), HasSubstr("valid JSON"));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("64 KiB"));
  for (size_t length = 0; length + 2 < good.size(); ++length)
    EXPECT_NE(error_of(good.substr(0, length)), "accepted");
}

TEST(Keyset, NeverPrintsAKeyInAnError) {
  const std::string good = document_of(Keyset::create(kStart));
  const std::string own_private = good.substr(good.find("\"private\":\"") + 11, 43);
  EXPECT_THAT(error_of(replaced(good, own_private, own_private + "A")),
              Not(HasSubstr(own_private.substr(0, 8))));
}

TEST(KeysetFile, IsWrittenForItsOwnerAloneAndReadBack) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("keyset.json");
  const Keyset keyset = Keyset::create(kStart);
  ASSERT_EQ(save_keyset_file(path, keyset), "");
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto loaded = load_keyset_file(path);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->active().kid, keyset.active().kid);
}

TEST(KeysetFile, RefusesAFileThatOthersCanReadAndNamesTheFix) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("keyset.json");
  ASSERT_EQ(save_keyset_file(path, Keyset::create(kStart)), "");
  for (const mode_t mode : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const auto loaded = load_keyset_file(path);
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error(), HasSubstr("chmod 600 " + path));
  }
  EXPECT_THAT(load_keyset_file(directory.path()).error(), HasSubstr("regular file"));
  EXPECT_THAT(load_keyset_file(directory.file("missing")).error(), HasSubstr("No such file"));
}

TEST(KeysetFile, ReportsAChangeOnceAndKeepsTheLastGoodKeysetBesideABadFile) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("keyset.json");
  KeysetFile file(path);
  EXPECT_EQ(file.poll(), KeysetFile::Poll::failed);
  EXPECT_EQ(file.current(), nullptr);

  Keyset keyset = Keyset::create(kStart);
  ASSERT_EQ(save_keyset_file(path, keyset), "");
  EXPECT_EQ(file.poll(), KeysetFile::Poll::changed);
  EXPECT_EQ(file.poll(), KeysetFile::Poll::unchanged);

  ASSERT_EQ(keyset.publish_next(kStart, 10min), nullptr);
  ASSERT_EQ(save_keyset_file(path, keyset), "");
  EXPECT_EQ(file.poll(), KeysetFile::Poll::changed);
  EXPECT_TRUE(file.current()->next());

  std::ofstream(path) << "{";
  EXPECT_EQ(file.poll(), KeysetFile::Poll::failed);
  EXPECT_THAT(file.error(), HasSubstr(path));
  EXPECT_TRUE(file.current()->next());
  ASSERT_EQ(save_keyset_file(path, keyset), "");
  EXPECT_EQ(file.poll(), KeysetFile::Poll::changed);
  EXPECT_EQ(file.error(), "");
}

TEST(KeysetFile, IsWholeWheneverItsWriterIsKilled) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("keyset.json");
  Keyset keyset = Keyset::create(kStart);
  ASSERT_EQ(save_keyset_file(path, keyset), "");
  for (int trial = 0; trial < 20; ++trial) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (;;) {
        if (!save_keyset_file(path, keyset).empty()) ::_exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(500 + 173 * trial));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    const auto loaded = load_keyset_file(path);
    ASSERT_TRUE(loaded) << loaded.error();
  }
}

}  // namespace
}  // namespace starter::crypto
