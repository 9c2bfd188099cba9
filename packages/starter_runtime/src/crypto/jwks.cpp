#include "starter/crypto/jwks.h"

#include <algorithm>

#include "json_reader.h"
#include "starter/crypto/encoding.h"

namespace starter::crypto {
namespace {

constexpr size_t kMaxDocument = 64 * 1024, kMaxKeys = 64, kMaxText = 256;

struct Jwk {
  std::string type, curve, kid, x;
  bool is_private = false;
};

bool read(JsonReader& json, Jwk& out) {
  return json.object([&](std::string_view name) {
    std::string* const field = name == "kty"   ? &out.type
                               : name == "crv" ? &out.curve
                               : name == "kid" ? &out.kid
                               : name == "x"   ? &out.x
                                               : nullptr;
    out.is_private |= name == "d";
    return field ? json.string(*field, kMaxText) : json.skip();
  });
}

}  // namespace

std::expected<std::vector<VerifyingKey>, std::string> parse_jwks(std::string_view text) {
  const auto wrong = [](std::string what) { return std::unexpected("the JWK set " + std::move(what)); };
  if (text.size() > kMaxDocument) return wrong("is larger than 64 KiB");
  JsonReader json(text);
  std::vector<Jwk> all;
  const bool ok = json.object([&](std::string_view name) {
    return name == "keys" ? json.array(kMaxKeys, [&] { return read(json, all.emplace_back()); })
                          : json.skip();
  });
  if (!ok || !json.finish()) return wrong("isn't one JSON object, or has a member twice");
  std::vector<VerifyingKey> keys;
  for (const auto& one : all) {
    if (one.type != "OKP" || one.curve != "Ed25519") continue;
    if (one.is_private) return wrong("has a private key; pass the public half on alone");
    if (one.kid.empty()) return wrong("has a key without kid");
    if (std::ranges::find(keys, one.kid, &VerifyingKey::kid) != keys.end()) return wrong("has one kid twice");
    const auto raw = base64url_decode(one.x);
    if (!raw) return wrong("has a key whose x isn't base64url without padding");
    const auto key = PublicKey::import(*raw);
    if (!key) return wrong(std::string("has a key whose x is none: ") + key.error());
    keys.push_back({.kid = one.kid, .key = *key, .created_at = {}, .retire_after = {}});
  }
  if (keys.empty()) return wrong("has no Ed25519 key");
  return keys;
}

const PublicKey* find_key(std::span<const VerifyingKey> keys, std::string_view kid, WallTime at) {
  const auto found = std::ranges::find(keys, kid, &VerifyingKey::kid);
  if (found == keys.end() || (found->retire_after && at > *found->retire_after)) return nullptr;
  return &found->key;
}

}  // namespace starter::crypto
