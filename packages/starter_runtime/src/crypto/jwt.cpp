#include "starter/crypto/jwt.h"

#include <stdexcept>

#include "json_reader.h"
#include "starter/crypto/encoding.h"

namespace starter::crypto {
namespace {

constexpr std::string_view kType = "at+jwt";  // RFC 9068 section 2.1
constexpr std::string_view kSuspended = "suspended";

std::string_view use_name(TokenUse use) {
  return use == TokenUse::access ? "access" : "service";
}

// --- signing

class ClaimsWriter {
 public:
  void text(std::string_view name, std::string_view value) {
    member(name);
    append_json_string(value, out_);
  }
  void number(std::string_view name, int64_t value) {
    member(name);
    out_ += std::to_string(value);
  }
  void time(std::string_view name, WallTime value) {
    number(name, std::chrono::floor<std::chrono::seconds>(value).time_since_epoch().count());
  }
  void roles(std::string_view role) {
    member("roles");
    out_ += '[';
    if (!role.empty()) append_json_string(role, out_);
    out_ += ']';
  }
  std::string finish() && { return std::move(out_) + '}'; }

 private:
  void member(std::string_view name) {
    out_ += out_.empty() ? '{' : ',';
    append_json_string(name, out_);
    out_ += ':';
  }
  std::string out_;
};

std::string claims_text(const AccessClaims& claims) {
  ClaimsWriter json;
  json.text("iss", claims.issuer);
  json.text("aud", claims.audience);
  json.text("sub", claims.subject.text());
  json.text("sid", claims.session.text());
  json.text("token_use", use_name(claims.use));
  json.time("iat", claims.issued_at);
  json.time("nbf", claims.not_before);
  json.time("exp", claims.expires_at);
  json.text("jti", claims.id);
  json.text("scope", claims.scope);
  json.roles(claims.role);
  json.number("generation", claims.generation);
  json.number("user_version", claims.user_version);
  if (claims.tenant_id) {
    json.text("tenant_id", claims.tenant_id->text());
    json.text("tenant_slug", claims.tenant_slug);
    json.number("membership_version", claims.membership_version);
    json.number("tenant_version", claims.tenant_version);
    if (claims.tenant_suspended) json.text("tenant_status", kSuspended);
  }
  return std::move(json).finish();
}

// --- reading

/// The kid, or nothing if the header isn't exactly {alg: EdDSA, typ: at+jwt, kid}.
std::optional<std::string> kid_of(std::string_view header) {
  JsonReader json(header);
  std::string kid, algorithm, type;
  const bool ok = json.object([&](std::string_view name) {
    if (name == "alg") return json.string(algorithm, 16);
    if (name == "typ") return json.string(type, 16);
    if (name == "kid") return json.string(kid, 64);
    return false;
  });
  if (!ok || !json.finish() || algorithm != "EdDSA" || type != kType || kid.empty()) return std::nullopt;
  return kid;
}

class ClaimsReader {
 public:
  explicit ClaimsReader(std::string_view payload) : json_(payload) {}

  bool read() {
    const bool ok = json_.object([this](std::string_view name) { return claim(name); });
    if (!ok || !json_.finish() || (found_ & kAlways) != kAlways) return false;
    return (found_ & kTenant) == 0 || (found_ & kTenant) == kTenant;
  }

  AccessClaims claims;

 private:
  enum Member : uint32_t {
    kIssuer = 1,
    kAudience = 2,
    kSubject = 4,
    kSession = 8,
    kUse = 16,
    kIssued = 32,
    kNotBefore = 64,
    kExpires = 128,
    kId = 256,
    kScope = 512,
    kRoles = 1024,
    kGeneration = 2048,
    kUserVersion = 4096,
    kAlways = 8191,
    kTenantId = 8192,
    kTenantSlug = 16384,
    kMembershipVersion = 32768,
    kTenantVersion = 65536,
    kTenant = kTenantId | kTenantSlug | kMembershipVersion | kTenantVersion
  };

  bool claim(std::string_view name) {
    if (name == "iss") return text(kIssuer, claims.issuer, 256);
    if (name == "aud") return text(kAudience, claims.audience, 256);
    if (name == "sub") return uuid(kSubject, claims.subject);
    if (name == "sid") return uuid(kSession, claims.session);
    if (name == "token_use") return use();
    if (name == "iat") return time(kIssued, claims.issued_at);
    if (name == "nbf") return time(kNotBefore, claims.not_before);
    if (name == "exp") return time(kExpires, claims.expires_at);
    if (name == "jti") return text(kId, claims.id, 64);
    if (name == "scope") return text(kScope, claims.scope, 1024);
    if (name == "roles") return role();
    if (name == "generation") return version(kGeneration, claims.generation);
    if (name == "user_version") return version(kUserVersion, claims.user_version);
    if (name == "tenant_id") return uuid(kTenantId, claims.tenant_id.emplace());
    if (name == "tenant_slug") return text(kTenantSlug, claims.tenant_slug, 64);
    if (name == "membership_version") return version(kMembershipVersion, claims.membership_version);
    if (name == "tenant_version") return version(kTenantVersion, claims.tenant_version);
    if (name == "tenant_status") return status();
    return json_.skip();
  }

  bool text(Member member, std::string& out, size_t max_bytes) {
    found_ |= member;
    return json_.string(out, max_bytes);
  }

  bool uuid(Member member, Uuid& out) {
    found_ |= member;
    std::string value;
    return json_.string(value, 36) && Uuid::from_text(value, out) == nullptr;
  }

  bool version(Member member, int64_t& out) {
    found_ |= member;
    return json_.integer(out) && out >= 0;
  }

  /// Until the year 9999: the sum with a leeway then stays far from overflow.
  bool time(Member member, WallTime& out) {
    found_ |= member;
    int64_t seconds = 0;
    if (!json_.integer(seconds) || seconds < 0 || seconds > 253'402'300'799) return false;
    out = WallTime(std::chrono::seconds(seconds));
    return true;
  }

  /// Any status but the one that we know would mean less than it says: it is refused.
  bool status() {
    std::string value;
    claims.tenant_suspended = true;
    return json_.string(value, 16) && value == kSuspended;
  }

  bool use() {
    found_ |= kUse;
    std::string value;
    if (!json_.string(value, 16)) return false;
    claims.use = value == "access" ? TokenUse::access : TokenUse::service;
    return value == use_name(claims.use);
  }

  bool role() {
    found_ |= kRoles;
    return json_.array(1, [this] { return json_.string(claims.role, 64); });
  }

  JsonReader json_;
  uint32_t found_ = 0;
};

std::optional<TokenFault> fault_of(const AccessClaims& claims, const TokenPolicy& policy, WallTime now) {
  if (claims.issuer != policy.issuer) return TokenFault::wrong_issuer;
  if (claims.audience != policy.audience) return TokenFault::wrong_audience;
  if (!(claims.use == TokenUse::access ? policy.accept_access : policy.accept_service))
    return TokenFault::wrong_use;
  if (claims.expires_at + policy.leeway <= now) return TokenFault::expired;
  if (claims.not_before > now + policy.leeway || claims.issued_at > now + policy.leeway)
    return TokenFault::not_yet_valid;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(TokenFault fault) {
  switch (fault) {
    case TokenFault::malformed:
      return "malformed";
    case TokenFault::unknown_key:
      return "unknown_key";
    case TokenFault::bad_signature:
      return "bad_signature";
    case TokenFault::wrong_issuer:
      return "wrong_issuer";
    case TokenFault::wrong_audience:
      return "wrong_audience";
    case TokenFault::wrong_use:
      return "wrong_use";
    case TokenFault::expired:
      return "expired";
    case TokenFault::not_yet_valid:
      return "not_yet_valid";
  }
  return "malformed";
}

std::string sign_access_token(const AccessClaims& claims, const Keyset& keyset) {
  const SigningKey& key = keyset.active();
  std::string token = base64url_encode(R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + key.kid + R"("})");
  token += '.';
  base64url_append(claims_text(claims), token);
  const Signature signature = key.key.sign(token);
  token += '.';
  base64url_append({reinterpret_cast<const char*>(signature.data()), signature.size()}, token);
  if (token.size() > kMaxTokenBytes) throw std::length_error("an access token is larger than 4 KiB");
  return token;
}

std::expected<AccessClaims, TokenFault> verify_access_token(std::string_view token, const Keyset& keyset,
                                                            const TokenPolicy& policy, WallTime now) {
  const auto refuse = [](TokenFault fault) { return std::unexpected(fault); };
  if (token.size() > kMaxTokenBytes) return refuse(TokenFault::malformed);
  const size_t first = token.find('.');
  const size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos) return refuse(TokenFault::malformed);

  const auto header = base64url_decode(token.substr(0, first));
  const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  const auto signature = base64url_decode(token.substr(second + 1));
  if (!header || !payload || !signature || signature->size() != sizeof(Signature))
    return refuse(TokenFault::malformed);

  const auto kid = kid_of(*header);
  if (!kid) return refuse(TokenFault::malformed);
  const PublicKey* const key = keyset.find(*kid, now);
  if (!key) return refuse(TokenFault::unknown_key);
  if (!key->verify(token.substr(0, second), *signature)) return refuse(TokenFault::bad_signature);

  ClaimsReader reader(*payload);
  if (!reader.read()) return refuse(TokenFault::malformed);
  if (const auto fault = fault_of(reader.claims, policy, now)) return refuse(*fault);
  return std::move(reader.claims);
}

}  // namespace starter::crypto
