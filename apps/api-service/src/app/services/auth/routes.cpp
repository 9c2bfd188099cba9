// Signing up, in, on and out, over HTTP.
#include "app/services/auth/feature.h"
#include "app/services/auth/problems.h"
#include "app/services/auth/service.h"

namespace starter::auth {
namespace {

using namespace http;
using namespace std::chrono_literals;

Task<Result<Accepted<AcceptedReply>>> sign_up(const Ctx& ctx, SignUp input, Auth& auth) {
  CO_TRY(co_await auth.sign_up(ctx, std::move(input)));
  co_return Accepted<AcceptedReply>{};
}

Task<Result<VerifiedReply>> verify_email(const Ctx& ctx, MailToken input, Auth& auth) {
  CO_TRY(co_await auth.verify(ctx, std::string(input.token.reveal())));
  co_return VerifiedReply{};
}

Task<Result<Accepted<AcceptedReply>>> resend_verification(const Ctx& ctx, EmailOnly input, Auth& auth) {
  CO_TRY(co_await auth.resend(ctx, input.email));
  co_return Accepted<AcceptedReply>{};
}

Task<Result<SessionTokens>> sign_in(const Ctx& ctx, SignIn input, Auth& auth) {
  return auth.sign_in(ctx, std::move(input));
}

Task<Result<SessionTokens>> refresh_session(const Ctx& ctx, Refresh input, Auth& auth) {
  return auth.refresh(ctx, std::string(input.refresh_token.reveal()), input.tenant);
}

Task<Result<AccessToken>> switch_tenant(const Ctx& ctx, SwitchTenant input, Auth& auth) {
  return auth.switch_tenant(ctx, input.tenant);
}

Task<Result<NoContent>> sign_out(const Ctx& ctx, Auth& auth) {
  CO_TRY(co_await auth.sign_out(ctx));
  co_return NoContent{};
}

Task<Result<NoContent>> sign_out_all(const Ctx& ctx, Auth& auth) {
  CO_TRY(co_await auth.sign_out_all(ctx));
  co_return NoContent{};
}

Task<Result<Accepted<AcceptedReply>>> forgot_password(const Ctx& ctx, EmailOnly input, Auth& auth) {
  CO_TRY(co_await auth.forgot(ctx, input.email));
  co_return Accepted<AcceptedReply>{};
}

Task<Result<NoContent>> reset_password(const Ctx& ctx, ResetPassword input, Auth& auth) {
  CO_TRY(co_await auth.reset(ctx, std::string(input.token.reveal()),
                             Secret(std::string(input.password.reveal()))));
  co_return NoContent{};
}

constexpr const ProblemType* kMail[] = {&problems::mail_throttled};
constexpr const ProblemType* kSignUp[] = {&problems::invite_required, &problems::mail_throttled,
                                          &problems::token_invalid};
constexpr const ProblemType* kToken[] = {&problems::token_invalid};
constexpr const ProblemType* kSignIn[] = {&problems::credentials_invalid, &problems::email_unverified,
                                          &problems::sign_in_throttled, &problems::tenant_not_found};
constexpr const ProblemType* kRefresh[] = {&problems::session_ended, &problems::refresh_reused,
                                           &problems::tenant_not_found};
constexpr const ProblemType* kTenant[] = {&problems::tenant_not_found};

constexpr Route kRoutes[] = {
    post<sign_up>("/api/v1/auth/sign-up", {.summary = "Asks for an account; a mail confirms the address",
                                           .access = Access::anyone,
                                           .mails = true,
                                           .limit = {60},
                                           .problems = kSignUp}),
    post<verify_email>("/api/v1/auth/verify", {.summary = "Confirms an e-mail address and makes the account",
                                               .access = Access::anyone,
                                               .limit = {60},
                                               .problems = kToken}),
    post<resend_verification>("/api/v1/auth/verify/resend", {.summary = "Sends the confirmation mail again",
                                                             .access = Access::anyone,
                                                             .mails = true,
                                                             .limit = {60},
                                                             .problems = kMail}),
    post<sign_in>(
        "/api/v1/auth/sign-in",
        {.summary = "Opens a session", .access = Access::anyone, .limit = {600}, .problems = kSignIn}),
    post<refresh_session>("/api/v1/auth/refresh", {.summary = "Exchanges a refresh token for its successor",
                                                   .access = Access::anyone,
                                                   .limit = {6000},
                                                   .problems = kRefresh}),
    post<switch_tenant>("/api/v1/auth/switch",
                        {.summary = "Gets an access token for another tenant", .problems = kTenant}),
    post<sign_out>("/api/v1/auth/sign-out", {.summary = "Ends this session", .revokes = true}),
    post<sign_out_all>("/api/v1/auth/sign-out-all",
                       {.summary = "Ends every session of this person", .revokes = true}),
    post<forgot_password>("/api/v1/auth/forgot", {.summary = "Mails a link to set a new password",
                                                  .access = Access::anyone,
                                                  .mails = true,
                                                  .limit = {60},
                                                  .problems = kMail}),
    post<reset_password>("/api/v1/auth/reset", {.summary = "Sets a new password with the token of a mail",
                                                .access = Access::anyone,
                                                .revokes = true,
                                                .mails = true,
                                                .limit = {60},
                                                .problems = kToken}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::auth
