// Signing up, in, on and out.
#pragma once

#include <chrono>
#include <memory>

#include "app/infrastructure/keys.h"
#include "app/infrastructure/throttle.h"
#include "app/services/auth/store.h"
#include "app/services/auth/types.h"
#include "starter/crypto/jwt.h"
#include "starter/crypto/one_time_token.h"
#include "starter/crypto/password_pool.h"

namespace starter {
struct App;
}

namespace starter::auth {

struct AuthOptions {
  std::string issuer, audience;
  Secret bucket_key;  // names throttle buckets without holding addresses
  std::chrono::minutes access_ttl{15}, refresh_ttl{43200}, verification_ttl{60}, reset_ttl{30};
  bool public_sign_up = false;
  int64_t password_history = 5;
  Rate account_attempts{10, std::chrono::minutes(60)};  // of devices that never signed in to the account
  Rate device_attempts{10, std::chrono::minutes(15)};
  Rate address_attempts{50, std::chrono::minutes(10)};
  Rate mails_to_account{5, std::chrono::minutes(60)};
  Rate mails_from_address{20, std::chrono::minutes(60)};
};

/// What the service works with; all of it outlives the service and is safe from any thread.
struct AuthParts {
  crypto::PasswordPool& passwords;
  const Keys& keys;
  Throttle& throttle;
  const crypto::OneTimeTokens& verification_tokens;
  const crypto::OneTimeTokens& reset_tokens;
  const crypto::OneTimeTokens& invite_tokens;
  const crypto::OneTimeTokens& device_tokens;
  const crypto::RefreshTokens& refresh_tokens;
};

class Auth {
 public:
  Auth(AuthOptions options, AuthParts parts, size_t cores);
  ~Auth();

  Task<Result<>> sign_up(const Ctx& ctx, SignUp input);
  Task<Result<>> verify(const Ctx& ctx, std::string token);
  Task<Result<>> resend(const Ctx& ctx, Email email);
  Task<Result<SessionTokens>> sign_in(const Ctx& ctx, SignIn input);
  /// Algorithm A (docs/architecture.md): rotates, repeats inside the grace, or ends a family whose token was
  /// replayed.
  Task<Result<SessionTokens>> refresh(const Ctx& ctx, std::string token, std::optional<Slug> tenant);
  Task<Result<AccessToken>> switch_tenant(const Ctx& ctx, Slug tenant);
  Task<Result<>> sign_out(const Ctx& ctx);
  Task<Result<>> sign_out_all(const Ctx& ctx);
  Task<Result<>> forgot(const Ctx& ctx, Email email);
  Task<Result<>> reset(const Ctx& ctx, std::string token, Secret password);
  Task<Result<>> change_password(const Ctx& ctx, Secret current, Secret replacement);

 private:
  struct RefreshFlight;
  struct Exchanges;

  Task<Result<SessionTokens>> refresh_once(const Ctx& ctx, crypto::RefreshToken token,
                                           std::optional<std::string> tenant);
  Task<Result<>> check_new_password(const Ctx& ctx, const std::vector<PasswordRow>& known,
                                    std::string password, std::string pointer);
  Task<Result<>> throttle_mail(const Ctx& ctx, Email email);
  SessionTokens tokens_for(const Ctx& ctx, const SessionRow& row, Uuid family, int64_t generation,
                           std::string refresh_token) const;
  AccessToken access_for(const Ctx& ctx, const SessionRow& row, Uuid family, int64_t generation) const;
  std::string account_bucket(const Email& email, std::string_view kind) const;

  AuthOptions options_;
  AuthParts parts_;
  std::vector<Exchanges> exchanges_;  // one for each core
};

Auth& inject(App& app, std::type_identity<Auth>);

}  // namespace starter::auth
