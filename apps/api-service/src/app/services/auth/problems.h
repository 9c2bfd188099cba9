// What can go wrong with signing in, and what to do about it.
#pragma once

#include "starter/core/problem.h"

namespace starter::auth::problems {

inline constexpr ProblemType invite_required{"sign_up.invite_required", 403, "Sign-up is by invitation only",
                                             "Ask an admin of your tenant to invite you."};
inline constexpr ProblemType token_invalid{
    "token.invalid", 400, "This link is invalid, was used already or has expired", "Request a new mail."};
inline constexpr ProblemType credentials_invalid{"credentials.invalid", 401, "E-mail or password is wrong",
                                                 "Check both, or reset the password."};
inline constexpr ProblemType password_wrong{"credentials.invalid", 403, "The current password is wrong",
                                            "Type the password you sign in with now."};
inline constexpr ProblemType email_unverified{"email.unverified", 403,
                                              "The e-mail address is not confirmed yet",
                                              "Open the link in the mail we sent, or have it sent again."};
inline constexpr ProblemType sign_in_throttled{
    "sign_in.throttled", 429, "Too many attempts to sign in",
    "Wait for the time in Retry-After, or reset the password by mail."};
inline constexpr ProblemType mail_throttled{"mail.throttled", 429, "Too many mails were requested",
                                            "Wait for the time in Retry-After."};
inline constexpr ProblemType session_ended{"session.ended", 401, "The session has ended", "Sign in again."};
inline constexpr ProblemType refresh_reused{"refresh.reused", 401,
                                            "The session was ended because an old token was used again",
                                            "Sign in again; if it was not you, change your password."};
inline constexpr ProblemType tenant_not_found{"tenant.not_found", 404, "You are no member of that tenant",
                                              "Choose one of your tenants."};
inline constexpr ProblemType bearer_invalid{"token.invalid", 401, "The access token is not valid",
                                            "Sign in again."};
inline constexpr ProblemType bearer_expired{"token.expired", 401, "The access token has expired",
                                            "Refresh the session."};
inline constexpr ProblemType bearer_stale{
    "token.stale", 401, "Your rights have changed since the token was issued", "Refresh the session."};

}  // namespace starter::auth::problems
