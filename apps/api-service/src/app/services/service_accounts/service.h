// Programs that work in a tenant. Admins make accounts and end tokens; a token is issued for a signed order
// of the deployment's operator, so that no browser ever shows one.
#pragma once

#include <memory>
#include <set>

#include "app/services/service_accounts/problems.h"
#include "app/services/service_accounts/types.h"
#include "starter/crypto/one_time_token.h"
#include "starter/observe/metrics.h"
#include "starter/providers/request_signer.h"

namespace starter {
struct App;
}

namespace starter::service_accounts {

/// What every token begins with: scanners for leaked secrets find it, and no access token looks like it.
inline constexpr std::string_view kTokenPrefix = "starter_sa_";
inline constexpr std::string_view kTokenPurpose = "service_account";

/// Asks the database, which notes to the minute that the token is used; nothing for one that is unknown or
/// over.
Task<Result<std::optional<GoodToken>>> use(const Ctx& ctx, Uuid token);

class ServiceAccounts {
 public:
  struct Options {
    std::string audience;
    std::set<std::string, std::less<>> scopes;  // that some route asks for
  };
  /// `signer` may be empty: then no token is issued, and those that exist work on.
  ServiceAccounts(Options options, const crypto::OneTimeTokens& tokens,
                  std::unique_ptr<providers::RequestSigner> signer, observe::Metrics& metrics);

  Task<Result<std::vector<ServiceAccount>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
  Task<Result<ServiceAccount>> create(const Ctx& ctx, CreateServiceAccount input);
  /// A scope that is taken away is refused to tokens that have it within a second.
  /// problems::precondition_failed when `version` is not the present one.
  Task<Result<ServiceAccount>> change(const Ctx& ctx, Uuid account, int64_t version,
                                      ChangeServiceAccount input);
  /// Its tokens are refused within a second.
  Task<Result<>> remove(const Ctx& ctx, Uuid account);
  Task<Result<std::vector<ServiceToken>>> tokens(const Ctx& ctx, Uuid account, std::optional<Uuid> before,
                                                 int64_t limit);
  Task<Result<>> revoke(const Ctx& ctx, Uuid account, Uuid token);

  /// Checks proof, audience and times; the nonce is used up in the transaction that issues.
  Task<Result<IssuedToken>> issue(const Ctx& ctx, SignedOrder input);

 private:
  Task<Result<IssuedToken>> obey(const Ctx& ctx, SignedOrder input);
  Result<> check_times(const Ctx& ctx, const TokenOrder& order) const;
  /// Sorted, each once and known, parted by blanks.
  Result<std::string> joined(Scopes scopes) const;

  const Options options_;
  const crypto::OneTimeTokens& tokens_;
  const std::unique_ptr<providers::RequestSigner> signer_;
  observe::Counter &issued_, &refused_;
};

ServiceAccounts& inject(App& app, std::type_identity<ServiceAccounts>);

}  // namespace starter::service_accounts
