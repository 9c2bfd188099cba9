// What can go wrong with service accounts and their tokens, and what to do about it.
#pragma once

#include "starter/core/problem.h"

namespace starter::service_accounts::problems {

inline constexpr ProblemType name_taken{"service_account.name_taken", 409,
                                        "The tenant has a service account of that name",
                                        "Choose another name, or remove that account."};
inline constexpr ProblemType proof_wrong{"signed_request.proof_wrong", 403,
                                         "The request was not signed with this deployment's secret",
                                         "Sign it with the signing secret that the API is configured with."};
inline constexpr ProblemType order_late{"signed_request.not_valid_now", 403,
                                        "The signed request is not valid now",
                                        "Compare both clocks, then sign another one."};
inline constexpr ProblemType elsewhere{"signed_request.wrong_audience", 403,
                                       "The request was signed for another deployment",
                                       "Sign it with the AUTH_AUDIENCE of this one."};
inline constexpr ProblemType nonce_used{"signed_request.replayed", 409, "The signed request was used already",
                                        "Sign another one."};
inline constexpr ProblemType issuance_off{
    "service_token.issuance_off", 503, "This API has no signing secret, so it issues no tokens",
    "Set SERVICE_ACCOUNT_SIGNING_SECRET, or SECRETS_PROVIDER and the signing secret there."};
inline constexpr ProblemType tenant_unknown{
    "tenant.unknown", 404, "There is no active tenant of that address", "Check the tenant's address."};
inline constexpr ProblemType account_unknown{"service_account.unknown", 404,
                                             "The tenant has no service account of that name",
                                             "Check the name, or make the account with --create."};
inline constexpr ProblemType scope_not_granted{"service_account.scope_not_granted", 403,
                                               "The service account was not granted one of the scopes",
                                               "Ask for scopes that the account has."};
/// One answer whether it never was one, has expired or was revoked.
inline constexpr ProblemType token_refused{
    "service_token.refused", 401, "The token of the service account is unknown, expired or revoked",
    "Issue another one: starter-console auth tokens issue-service-account."};

}  // namespace starter::service_accounts::problems
