// The rows of service accounts and their tokens.
#pragma once

#include "app/services/service_accounts/types.h"

namespace starter::service_accounts {

/// Scopes of rows are one text, parted by blanks.
struct AccountRow {
  Uuid id;
  std::string name;
  std::string scopes;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;
  int64_t active_tokens;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (id, name, scopes, created_at, last_used_at, active_tokens, version))

struct TokenRow {
  Uuid id;
  std::string scopes;
  std::string issued_by;
  TokenStatus status;
  Timestamp created_at;
  Timestamp expires_at;
  std::optional<Timestamp> last_used_at;
};
BOOST_DESCRIBE_STRUCT(TokenRow, (), (id, scopes, issued_by, status, created_at, expires_at, last_used_at))

struct RevokedRow {
  Uuid account_id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(RevokedRow, (), (account_id, name))

/// How an order ended (entry.service_token_issue).
enum class Outcome { issued, replayed, no_tenant, no_account, scope_not_granted };
BOOST_DESCRIBE_ENUM(Outcome, issued, replayed, no_tenant, no_account, scope_not_granted)

struct IssueRow {
  Outcome outcome;
  std::optional<Uuid> tenant_id;
  std::optional<Uuid> account_id;
  std::optional<Timestamp> expires_at;
  int64_t rotated;
};
BOOST_DESCRIBE_STRUCT(IssueRow, (), (outcome, tenant_id, account_id, expires_at, rotated))

namespace store {

Task<Result<std::vector<AccountRow>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
Task<Result<AccountRow>> insert(pg::TenantTransaction& transaction, Uuid id, std::string name,
                                std::string scopes);
/// For a change; problems::not_found when the tenant has no such account.
Task<Result<AccountRow>> lock(pg::TenantTransaction& transaction, Uuid account);
/// A change of scopes is told to every process.
Task<Result<>> change(pg::TenantTransaction& transaction, Uuid account, std::string name, std::string scopes);
/// The removed account, or nothing when there is none. Its tokens are still to be revoked.
Task<Result<std::optional<RevokedRow>>> remove(pg::TenantTransaction& transaction, Uuid account);
Task<Result<size_t>> revoke_all(pg::TenantTransaction& transaction, Uuid account);
/// problems::not_found when the tenant has no such account.
Task<Result<RevokedRow>> find(const Ctx& ctx, Uuid account);
Task<Result<std::vector<TokenRow>>> tokens(const Ctx& ctx, Uuid account, std::optional<Uuid> before,
                                           int64_t limit);
/// The account of the token, or nothing when it is unknown or over.
Task<Result<std::optional<RevokedRow>>> revoke(pg::TenantTransaction& transaction, Uuid account, Uuid token);
Task<Result<IssueRow>> issue(const Ctx& ctx, Uuid token, TokenOrder order, std::string scopes);
Task<Result<std::optional<GoodToken>>> use(const Ctx& ctx, Uuid token);

}  // namespace store
}  // namespace starter::service_accounts
