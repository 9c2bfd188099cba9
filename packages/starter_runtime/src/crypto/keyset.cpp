#include "starter/crypto/keyset.h"

#include <algorithm>

#include "json_reader.h"
#include "starter/core/types.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::crypto {
namespace {

constexpr size_t kMaxDocument = 64 * 1024, kMaxRetired = 16, kMaxText = 128;

SigningKey fresh_key(WallTime now, std::optional<WallTime> promote_after) {
  PrivateKey key = PrivateKey::generate();
  std::string kid = key.public_key().thumbprint();
  return {std::move(kid), std::move(key), now, promote_after};
}

// --- writing

void append_time(std::string_view name, std::optional<WallTime> at, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  if (at) {
    append_json_string(Timestamp{*at}.text(), out);
  } else {
    out += "null";
  }
}

void append_key(const SigningKey& key, std::string& out) {
  out += R"({"kid":)";
  append_json_string(key.kid, out);
  out += R"(,"private":")";
  base64url_append(key.key.seed().reveal(), out);
  out += R"(","public":")";
  base64url_append(key.key.public_key().raw(), out);
  out += '"';
  append_time("created_at", key.created_at, out);
  append_time("promote_after", key.promote_after, out);
  append_time("retire_after", std::nullopt, out);
  out += '}';
}

void append_key(const VerifyingKey& key, std::string& out) {
  out += R"({"kid":)";
  append_json_string(key.kid, out);
  out += R"(,"public":")";
  base64url_append(key.key.raw(), out);
  out += '"';
  append_time("created_at", key.created_at, out);
  append_time("promote_after", std::nullopt, out);
  append_time("retire_after", key.retire_after, out);
  out += '}';
}

void append_jwk(std::string_view kid, const PublicKey& key, std::string& out) {
  if (out.back() == '}') out += ',';
  out += R"({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":)";
  append_json_string(kid, out);
  out += R"(,"x":")";
  base64url_append(key.raw(), out);
  out += "\"}";
}

// --- reading

/// One key as it stands in the document, before its parts are checked against each other.
struct KeyDocument {
  std::string kid, seed, public_key, created_at, promote_after, retire_after;
};

constexpr const char* kTwoActive = "has two active keys, and exactly one may sign";

class DocumentReader {
 public:
  explicit DocumentReader(std::string_view text) : json_(text) {}

  bool read() {
    const bool ok = json_.object([this](std::string_view name) { return member(name); });
    if (json_.repeated() == "active") return wrong(kTwoActive);
    return (ok && json_.finish()) || wrong("isn't valid JSON, or has a member twice");
  }

  std::optional<KeyDocument> active, next;
  std::vector<KeyDocument> retired;
  int64_t schema_version = 0;
  std::string error;

 private:
  bool wrong(std::string text) {
    if (error.empty()) error = "the keyset " + std::move(text);
    return false;
  }

  bool member(std::string_view name) {
    if (name == "schema_version")
      return json_.integer(schema_version) || wrong("needs an integer schema_version");
    if (name == "active" && json_.at_array()) return wrong(kTwoActive);
    if (name == "active") return key(active.emplace(), "active");
    if (name == "next") return json_.at_null() ? json_.null() : key(next.emplace(), "next");
    if (name == "retired") {
      return json_.array(kMaxRetired, [this] { return key(retired.emplace_back(), "retired"); }) ||
             wrong("has a retired list that is no array, or has more than 16 keys");
    }
    return wrong("has a member that isn't schema_version, active, next or retired");
  }

  bool key(KeyDocument& out, std::string_view where) {
    const bool ok = json_.object([&](std::string_view name) {
      std::string* const field = name == "kid"             ? &out.kid
                                 : name == "private"       ? &out.seed
                                 : name == "public"        ? &out.public_key
                                 : name == "created_at"    ? &out.created_at
                                 : name == "promote_after" ? &out.promote_after
                                 : name == "retire_after"  ? &out.retire_after
                                                           : nullptr;
      if (!field) return wrong("has an unknown member in " + std::string(where));
      return json_.at_null() ? json_.null() : json_.string(*field, kMaxText);
    });
    return ok || wrong("has a key in " + std::string(where) +
                       " that isn't one object of texts of at most 128 bytes, each member once");
  }

  JsonReader json_;
};

bool valid_kid(std::string_view kid) {
  return !kid.empty() && kid.size() <= 64 && std::ranges::all_of(kid, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

using Wrong = std::unexpected<std::string>;

Wrong wrong(std::string_view where, std::string_view what) {
  return Wrong("the keyset's " + std::string(where) + std::string(what));
}

std::expected<std::optional<WallTime>, std::string> time_in(const std::string& text, std::string_view where,
                                                            std::string_view name) {
  if (text.empty()) return std::nullopt;
  Timestamp at;
  if (const char* problem = Timestamp::from_text(text, at)) {
    return wrong(where, "." + std::string(name) + " " + problem);
  }
  return at.at;
}

std::expected<VerifyingKey, std::string> verifying_key(const KeyDocument& document, std::string_view where) {
  if (!valid_kid(document.kid)) return wrong(where, ".kid must have 1 to 64 letters, digits, - or _");
  const auto raw = base64url_decode(document.public_key);
  if (!raw) return wrong(where, ".public must be base64url without padding");
  const auto key = PublicKey::import(*raw);
  if (!key) return wrong(where, std::string(".public: ") + key.error());
  const auto created = time_in(document.created_at, where, "created_at");
  if (!created) return Wrong(created.error());
  if (!*created) return wrong(where, ".created_at is missing");
  const auto retire = time_in(document.retire_after, where, "retire_after");
  if (!retire) return Wrong(retire.error());
  return VerifyingKey{document.kid, *key, **created, *retire};
}

std::expected<SigningKey, std::string> signing_key(const KeyDocument& document, std::string_view where) {
  const auto verifying = verifying_key(document, where);
  if (!verifying) return Wrong(verifying.error());
  auto seed = base64url_decode(document.seed);
  if (!seed || seed->size() != 32)
    return wrong(where, ".private must be 32 bytes in base64url without padding");
  auto key = PrivateKey::from_seed(Secret(std::move(*seed)));
  if (!key) return wrong(where, std::string(".private: ") + key.error());
  if (key->public_key() != verifying->key) {
    return wrong(where, ".public doesn't belong to " + std::string(where) + ".private");
  }
  const auto promote = time_in(document.promote_after, where, "promote_after");
  if (!promote) return Wrong(promote.error());
  return SigningKey{document.kid, std::move(*key), verifying->created_at, *promote};
}

}  // namespace

Keyset Keyset::create(WallTime now) {
  return Keyset(fresh_key(now, std::nullopt));
}

std::expected<Keyset, std::string> Keyset::parse(std::string_view json) {
  if (json.size() > kMaxDocument) return Wrong("the keyset is larger than 64 KiB");
  DocumentReader document(json);
  if (!document.read()) return Wrong(document.error);
  if (document.schema_version != 1) {
    return Wrong("the keyset's schema_version must be 1; a newer release wrote it, or it is missing");
  }
  if (!document.active) return Wrong("the keyset has no active key");
  auto active = signing_key(*document.active, "active");
  if (!active) return Wrong(active.error());
  Keyset keyset(std::move(*active));
  if (document.next) {
    auto next = signing_key(*document.next, "next");
    if (!next) return Wrong(next.error());
    if (!next->promote_after) return Wrong("the keyset's next.promote_after is missing");
    if (next->kid == keyset.active_.kid) return Wrong("the keyset has one kid twice");
    keyset.next_ = std::move(*next);
  }
  for (const KeyDocument& item : document.retired) {
    auto key = verifying_key(item, "retired");
    if (!key) return Wrong(key.error());
    if (!key->retire_after) return Wrong("the keyset has a retired key without retire_after");
    const auto same = [&key](const auto& other) { return other.kid == key->kid; };
    if (same(keyset.active_) || (keyset.next_ && same(*keyset.next_)) ||
        std::ranges::any_of(keyset.retired_, same)) {
      return Wrong("the keyset has one kid twice");
    }
    keyset.retired_.push_back(std::move(*key));
  }
  return keyset;
}

Secret Keyset::serialise() const {
  std::string out;
  out.reserve(1024 + retired_.size() * 384);  // never grows, so that no copy of a key is left behind
  out += R"({"schema_version":1,"active":)";
  append_key(active_, out);
  out += R"(,"next":)";
  if (next_) {
    append_key(*next_, out);
  } else {
    out += "null";
  }
  out += R"(,"retired":[)";
  for (const VerifyingKey& key : retired_) {
    if (out.back() == '}') out += ',';
    append_key(key, out);
  }
  out += "]}\n";
  return Secret(std::move(out));
}

const PublicKey* Keyset::find(std::string_view kid, WallTime now) const {
  if (active_.kid == kid) return &active_.key.public_key();
  if (next_ && next_->kid == kid) return &next_->key.public_key();
  for (const VerifyingKey& key : retired_) {
    if (key.kid == kid) return now <= *key.retire_after ? &key.key : nullptr;
  }
  return nullptr;
}

std::vector<VerifyingKey> Keyset::verifying_keys() const {
  std::vector<VerifyingKey> keys{{active_.kid, active_.key.public_key(), active_.created_at, std::nullopt}};
  if (next_) keys.push_back({next_->kid, next_->key.public_key(), next_->created_at, std::nullopt});
  keys.insert(keys.end(), retired_.begin(), retired_.end());
  return keys;
}

const char* Keyset::publish_next(WallTime now, std::chrono::seconds wait) {
  if (next_) return "a next key is already published; promote it first";
  next_ = fresh_key(now, now + wait);
  return nullptr;
}

const char* Keyset::promote(WallTime now, std::chrono::seconds verify_for) {
  if (!next_) return "no next key is published; publish one first and wait until its promote_after";
  if (now < *next_->promote_after)
    return "the next key's promote_after is not reached; verifiers may not know it yet";
  retired_.insert(retired_.begin(),
                  {active_.kid, active_.key.public_key(), active_.created_at, now + verify_for});
  if (retired_.size() > kMaxRetired) retired_.pop_back();
  active_ = std::move(*next_);
  active_.promote_after.reset();
  next_.reset();
  return nullptr;
}

size_t Keyset::prune(WallTime now) {
  return std::erase_if(retired_, [now](const VerifyingKey& key) { return *key.retire_after < now; });
}

std::string Keyset::jwks() const {
  std::string out = R"({"keys":[)";
  append_jwk(active_.kid, active_.key.public_key(), out);
  if (next_) append_jwk(next_->kid, next_->key.public_key(), out);
  for (const VerifyingKey& key : retired_) append_jwk(key.kid, key.key, out);
  out += "]}";
  return out;
}

std::string Keyset::jwks_etag() const {
  return '"' + base64url_encode(bytes_of(sha256(jwks())).substr(0, 16)) + '"';
}

}  // namespace starter::crypto
