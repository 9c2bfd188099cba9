// Service accounts, their tokens, and the signed request that issues one.
#pragma once

#include "starter/core/context.h"
#include "starter/describe/type_info.h"

namespace starter::service_accounts {

/// Lower-case letters, digits and single hyphens, as a program is called in a configuration.
using AccountName = Slug;

/// "projects:read": what it is about, and what may be done with it.
struct Scope {
  std::string value;
  static constexpr size_t max_length = 40;
  static const char* from_text(std::string_view text, Scope& out);
  void to_text(std::string& out) const { out += value; }
  friend auto operator<=>(const Scope&, const Scope&) = default;
};

using Scopes = List<Scope, 1, 32>;

struct CreateServiceAccount {
  AccountName name;
  Scopes scopes;
};
BOOST_DESCRIBE_STRUCT(CreateServiceAccount, (), (name, scopes))

/// What is left out stays as it is.
struct ChangeServiceAccount {
  std::optional<AccountName> name;
  std::optional<Scopes> scopes;
};
BOOST_DESCRIBE_STRUCT(ChangeServiceAccount, (), (name, scopes))

struct ServiceAccount {
  Uuid id;
  std::string name;
  std::vector<std::string> scopes;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;  // by whichever token, to the minute
  int64_t active_tokens;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(ServiceAccount, (),
                      (id, name, scopes, created_at, last_used_at, active_tokens, version))

enum class TokenStatus { active, expired, revoked };
BOOST_DESCRIBE_ENUM(TokenStatus, active, expired, revoked)

/// A token as an admin sees it; the token itself was shown once, to whoever asked for it.
struct ServiceToken {
  Uuid id;
  std::vector<std::string> scopes;
  std::string issued_by;
  TokenStatus status;
  Timestamp created_at;
  Timestamp expires_at;
  std::optional<Timestamp> last_used_at;
};
BOOST_DESCRIBE_STRUCT(ServiceToken, (), (id, scopes, issued_by, status, created_at, expires_at, last_used_at))

/// A TokenOrder as JSON, and the proof of the deployment's signing secret for exactly this text.
struct SignedOrder {
  Name<2, 4000> payload;
  SecretText<16, 512> proof;
};
BOOST_DESCRIBE_STRUCT(SignedOrder, (), (payload, proof))

/// So that what was signed for something else is no order for a token.
enum class OrderPurpose { issue_service_account_token };
BOOST_DESCRIBE_ENUM(OrderPurpose, issue_service_account_token)

inline constexpr int64_t kLongestLife = 366 * 24 * 60;  // minutes

struct TokenOrder {
  OrderPurpose purpose;
  std::string audience;  // AUTH_AUDIENCE of the deployment that shall obey
  Slug tenant;
  AccountName account;
  Scopes scopes;
  Int<1, kLongestLife> ttl_minutes;
  std::optional<Int<0, 30 * 24 * 60>> overlap_minutes;  // rotates: the other tokens end after these
  Default<false> create;                                // the account, when the tenant has none of that name
  Name<1, 120> issued_by;
  Name<22, 64> nonce;
  Timestamp issued_at;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(TokenOrder, (),
                      (purpose, audience, tenant, account, scopes, ttl_minutes, overlap_minutes, create,
                       issued_by, nonce, issued_at, expires_at))

struct IssuedToken {
  std::string token;
  Uuid id;
  Uuid account_id;
  Uuid tenant_id;
  std::vector<std::string> scopes;
  Timestamp expires_at;
  int64_t rotated;  // how many other tokens end now or after the overlap
};
BOOST_DESCRIBE_STRUCT(IssuedToken, (), (token, id, account_id, tenant_id, scopes, expires_at, rotated))

/// A token that is neither expired nor revoked, and what it may do (entry.service_token_use).
struct GoodToken {
  Uuid account_id;
  Uuid tenant_id;
  Slug tenant_slug;
  int64_t account_version;
  int64_t tenant_version;
  std::string scopes;
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(GoodToken, (),
                      (account_id, tenant_id, tenant_slug, account_version, tenant_version, scopes,
                       expires_at))

}  // namespace starter::service_accounts
