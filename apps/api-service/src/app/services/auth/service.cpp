#include "app/services/auth/service.h"

#include "app/services/auth/problems.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "starter/crypto/password_strength.h"

namespace starter::auth {
namespace {

std::optional<std::string> non_empty(const std::string& text, size_t limit) {
  return text.empty() ? std::nullopt : std::optional(text.substr(0, limit));
}

std::optional<std::string> text_of(const std::optional<Slug>& slug) {
  return slug ? std::optional(slug->value) : std::nullopt;
}

std::optional<TenantSummary> tenant_of(const SessionRow& row) {
  if (!row.tenant_id) return std::nullopt;
  return TenantSummary{*row.tenant_id, *row.tenant_slug, *row.tenant_name, *row.role, *row.tenant_status};
}

Problem weak(std::string pointer, std::string_view why, std::string code = "guessable") {
  return Problem{starter::problems::request_invalid}.with_field(std::move(pointer), std::move(code),
                                                                std::string(why));
}

/// A password that contains the account's own words is no secret to whoever knows the account.
const char* weakness(std::string_view password, const Email& email, std::string_view name) {
  const std::string_view personal[] = {std::string_view(email.value).substr(0, email.value.find('@')), name};
  return crypto::password_weakness(password, personal);
}

}  // namespace

// --- sign-up
// ---------------------------------------------------------------------------------------------------------

Task<Result<>> Auth::sign_up(const Ctx& ctx, SignUp input) {
  std::optional<Uuid> invite;
  if (input.invite_token) {
    invite = parts_.invite_tokens.verify(input.invite_token->reveal(), "invite");
    if (!invite) co_return Problem{problems::token_invalid};
  } else if (!options_.public_sign_up) {
    co_return Problem{problems::invite_required};
  }
  if (const char* why = weakness(input.password.reveal(), input.email, input.display_name.value)) {
    co_return weak("/password", why);
  }
  CO_TRY(co_await throttle_mail(ctx, input.email));
  auto hash = CO_TRY(co_await parts_.passwords.hash(Secret(std::string(input.password.reveal())),
                                                    ctx.client.ip, ctx.deadline));
  co_return co_await store::sign_up(ctx, Uuid::v7(ctx.now()), input.email, input.display_name.value, hash,
                                    invite, options_.verification_ttl.count());
}

Task<Result<>> Auth::verify(const Ctx& ctx, std::string token) {
  const auto id = parts_.verification_tokens.verify(token, "verify");
  if (!id) co_return Problem{problems::token_invalid};
  if (!CO_TRY(co_await store::verify_email(ctx, *id, !options_.public_sign_up)))
    co_return Problem{problems::token_invalid};
  co_return Result<>{};
}

Task<Result<>> Auth::resend(const Ctx& ctx, Email email) {
  CO_TRY(co_await throttle_mail(ctx, email));
  co_return co_await store::resend_verification(ctx, email);
}

/// A mailbox and an address can cause only so many mails; the same for known and unknown ones.
Task<Result<>> Auth::throttle_mail(const Ctx& ctx, Email email) {
  const std::string account = account_bucket(email, "mail"), address = "mail:ip:" + ctx.client.ip;
  for (const auto& [bucket, rate] :
       {std::pair{account, options_.mails_to_account}, {address, options_.mails_from_address}}) {
    const auto taken = co_await parts_.throttle.take(ctx, bucket, rate);
    if (!taken.allowed) co_return Problem{problems::mail_throttled}.with_retry_after(taken.retry_after);
  }
  co_return Result<>{};
}

// --- sign-in
// ---------------------------------------------------------------------------------------------------------

Task<Result<SessionTokens>> Auth::sign_in(const Ctx& ctx, SignIn input) {
  // A device that signed in to this account before has a bucket of its own, so an attacker elsewhere can use
  // up the account's attempts without locking its owner out.
  const std::string purpose = "device:" + input.email.value;
  std::optional<Uuid> device;
  if (input.device_token) device = parts_.device_tokens.verify(input.device_token->reveal(), purpose);
  const std::string bucket =
      device ? "sign-in:device:" + device->text() : account_bucket(input.email, "sign-in");
  const Rate rate = device ? options_.device_attempts : options_.account_attempts;
  const std::string address = "sign-in:ip:" + ctx.client.ip;
  const auto by_address = co_await parts_.throttle.take(ctx, address, options_.address_attempts);
  if (!by_address.allowed)
    co_return Problem{problems::sign_in_throttled}.with_retry_after(by_address.retry_after);
  const auto by_account = co_await parts_.throttle.take(ctx, bucket, rate);
  if (!by_account.allowed)
    co_return Problem{problems::sign_in_throttled}.with_retry_after(by_account.retry_after);

  const auto found = CO_TRY(co_await store::login_lookup(ctx, input.email));
  const Secret password{std::string(input.password.reveal())};
  const std::string stored = found ? found->password_hash : parts_.passwords.hasher().decoy();
  const bool right = CO_TRY(co_await parts_.passwords.verify(password, stored, ctx.client.ip, ctx.deadline));
  if (!found || !right || found->disabled) co_return Problem{problems::credentials_invalid};
  co_await parts_.throttle.give_back(ctx, address, options_.address_attempts);
  co_await parts_.throttle.give_back(ctx, bucket, rate);
  if (found->pending) co_return Problem{problems::email_unverified};

  NewSession session{.family = Uuid::v7(ctx.now()),
                     .user = found->user_id,
                     .salt = {std::string(16, '\0')},
                     .key_id = parts_.refresh_tokens.key_id(),
                     .minutes = options_.refresh_ttl.count(),
                     .ip = non_empty(ctx.client.ip, 64),
                     .user_agent = non_empty(ctx.client.user_agent, 256),
                     .rehash = std::nullopt,
                     .tenant = text_of(input.tenant)};
  random_bytes(
      std::span(reinterpret_cast<unsigned char*>(session.salt.value.data()), session.salt.value.size()));
  if (parts_.passwords.hasher().needs_rehash(stored)) {
    session.rehash = CO_TRY(co_await parts_.passwords.hash(password, ctx.client.ip, ctx.deadline));
  }
  const Uuid family = session.family;
  const auto refresh = parts_.refresh_tokens.derive(family, 0, session.salt.value, session.key_id);
  const auto row = CO_TRY(co_await store::open_session(ctx, std::move(session)));
  if (!row) co_return Problem{problems::credentials_invalid};
  if (input.tenant && !row->tenant_id) co_return Problem{problems::tenant_not_found};
  SessionTokens tokens = tokens_for(ctx, *row, family, 0, *refresh);
  tokens.device_token = parts_.device_tokens.derive(device.value_or(Uuid::v7(ctx.now())), purpose);
  co_return tokens;
}

Task<Result<AccessToken>> Auth::switch_tenant(const Ctx& ctx, Slug tenant) {
  const auto found = CO_TRY(co_await store::find_membership(ctx, tenant));
  if (!found) co_return Problem{problems::tenant_not_found};
  SessionRow row{};
  row.user_id = ctx.who().user;
  row.user_version = ctx.who().user_version;
  row.tenant_id = found->tenant_id, row.tenant_slug = found->tenant_slug,
  row.tenant_name = found->tenant_name;
  row.tenant_status = found->tenant_status, row.role = found->role;
  row.membership_version = found->membership_version, row.tenant_version = found->tenant_version;
  co_return access_for(ctx, row, ctx.who().session, ctx.who().generation);
}

Task<Result<>> Auth::sign_out(const Ctx& ctx) {
  co_return co_await store::end_sessions(ctx, ctx.who().user, ctx.who().session, std::nullopt, "sign_out");
}

Task<Result<>> Auth::sign_out_all(const Ctx& ctx) {
  co_return co_await store::end_sessions(ctx, ctx.who().user, std::nullopt, std::nullopt, "sign_out_all");
}

// --- passwords
// -------------------------------------------------------------------------------------------------------

Task<Result<>> Auth::forgot(const Ctx& ctx, Email email) {
  CO_TRY(co_await throttle_mail(ctx, email));
  co_return co_await store::request_reset(ctx, Uuid::v7(ctx.now()), email, options_.reset_ttl.count());
}

Task<Result<>> Auth::reset(const Ctx& ctx, std::string token, Secret password) {
  const auto id = parts_.reset_tokens.verify(token, "reset");
  if (!id) co_return Problem{problems::token_invalid};
  const auto known = CO_TRY(co_await store::read_passwords(ctx, id, options_.password_history));
  if (known.empty()) co_return Problem{problems::token_invalid};
  CO_TRY(co_await check_new_password(ctx, known, std::string(password.reveal()), "/password"));
  auto hash = CO_TRY(co_await parts_.passwords.hash(password, ctx.client.ip, ctx.deadline));
  const auto owner = CO_TRY(co_await store::reset_password(ctx, *id, hash));
  if (!owner) co_return Problem{problems::token_invalid};
  // Whoever reads the mail owns the account: attempts of others no longer keep them out.
  co_await parts_.throttle.clear(ctx, account_bucket(owner->email, "sign-in"));
  co_return Result<>{};
}

Task<Result<>> Auth::change_password(const Ctx& ctx, Secret current, Secret replacement) {
  const std::string bucket = "password:" + ctx.who().user.text();
  const auto taken = co_await parts_.throttle.take(ctx, bucket, options_.device_attempts);
  if (!taken.allowed) co_return Problem{problems::sign_in_throttled}.with_retry_after(taken.retry_after);
  const auto known = CO_TRY(co_await store::read_passwords(ctx, std::nullopt, options_.password_history));
  if (known.empty()) co_return Problem{problems::password_wrong};
  const bool right = CO_TRY(
      co_await parts_.passwords.verify(current, known.front().password_hash, ctx.client.ip, ctx.deadline));
  if (!right) co_return Problem{problems::password_wrong};
  co_await parts_.throttle.give_back(ctx, bucket, options_.device_attempts);
  CO_TRY(co_await check_new_password(ctx, known, std::string(replacement.reveal()), "/new_password"));
  auto hash = CO_TRY(co_await parts_.passwords.hash(replacement, ctx.client.ip, ctx.deadline));
  const auto changed =
      CO_TRY(co_await store::change_password(ctx, known.front().password_hash, hash, ctx.who().session));
  if (!changed) co_return Problem{starter::problems::conflict};
  co_return Result<>{};
}

Task<Result<>> Auth::check_new_password(const Ctx& ctx, const std::vector<PasswordRow>& known,
                                        std::string password, std::string pointer) {
  if (const char* why = crypto::password_weakness(password, {})) co_return weak(std::move(pointer), why);
  const Secret secret(std::move(password));
  for (const auto& row : known) {
    if (CO_TRY(co_await parts_.passwords.verify(secret, row.password_hash, ctx.client.ip, ctx.deadline))) {
      co_return weak(std::move(pointer), "was used before; choose another one", "reused");
    }
  }
  co_return Result<>{};
}

// --- tokens
// ----------------------------------------------------------------------------------------------------------

AccessToken Auth::access_for(const Ctx& ctx, const SessionRow& row, Uuid family, int64_t generation) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(ctx.now());
  crypto::AccessClaims claims;
  claims.issuer = options_.issuer;
  claims.audience = options_.audience;
  claims.subject = row.user_id;
  claims.session = family;
  claims.issued_at = claims.not_before = now;
  claims.expires_at = now + options_.access_ttl;
  claims.id = random_token(12);
  claims.generation = generation;
  claims.user_version = row.user_version;
  if (row.tenant_id) {
    claims.tenant_id = row.tenant_id;
    claims.tenant_slug = row.tenant_slug->value;
    claims.role = enum_text(*row.role);
    claims.membership_version = *row.membership_version;
    claims.tenant_version = *row.tenant_version;
    claims.tenant_suspended = row.tenant_status == TenantStatus::suspended;
  }
  return {crypto::sign_access_token(claims, *parts_.keys.current()), {claims.expires_at}, tenant_of(row)};
}

SessionTokens Auth::tokens_for(const Ctx& ctx, const SessionRow& row, Uuid family, int64_t generation,
                               std::string refresh_token) const {
  AccessToken access = access_for(ctx, row, family, generation);
  return {.access_token = std::move(access.access_token),
          .access_expires_at = access.access_expires_at,
          .refresh_token = std::move(refresh_token),
          .refresh_expires_at = row.expires_at,
          .user = {row.user_id, row.email, row.display_name, true, row.created_at},
          .tenant = std::move(access.tenant),
          .device_token = std::nullopt};
}

/// Buckets are named by an HMAC of the address: the shared store never holds an e-mail address.
std::string Auth::account_bucket(const Email& email, std::string_view kind) const {
  return std::string(kind) + ":account:" +
         crypto::base64url_encode(
             crypto::bytes_of(crypto::hmac_sha256(options_.bucket_key.reveal(), email.value)).substr(0, 16));
}

}  // namespace starter::auth
