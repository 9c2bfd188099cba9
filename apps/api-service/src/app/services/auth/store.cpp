#include "app/services/auth/store.h"

#include "app/services/auth/feature.h"

namespace starter::auth {
namespace {

using namespace std::chrono_literals;
using pg::Entry;
using pg::Query;
using pg::Self;
using OptionalText = std::optional<std::string>;
using OptionalId = std::optional<Uuid>;

constexpr Query<Entry, void, Uuid, Email, std::string, std::string, OptionalId, int64_t, Uuid> kSignUp{
    .name = "auth_sign_up",
    .sql = "SELECT entry.sign_up($1, $2, $3, $4, $5, $6::integer, $7)",
    .writes = true};

constexpr Query<Entry, void, Email, Uuid> kResend{
    .name = "auth_resend", .sql = "SELECT entry.resend_verification($1, $2)", .writes = true};

constexpr Query<Entry, UserId, Uuid, Uuid, bool> kVerify{
    .name = "auth_verify", .sql = "SELECT user_id FROM entry.verify_email($1, $2, $3)", .writes = true};

constexpr Query<Entry, LoginRow, Email> kLoginLookup{
    .name = "auth_login_lookup",
    .sql = "SELECT user_id, password_hash, pending, disabled FROM entry.login_lookup($1)"};

constexpr Query<Entry, SessionRow, Uuid, Uuid, Bytes, std::string, int64_t, OptionalText, OptionalText,
                OptionalText, OptionalText>
    kOpenSession{.name = "auth_session_open",
                 .sql =
                     "SELECT user_id, email, display_name, created_at, user_version, expires_at, tenant_id, "
                     "tenant_slug, "
                     "tenant_name, tenant_status, role, membership_version, tenant_version "
                     "FROM entry.session_open($1, $2, $3, $4, $5::integer, $6, $7, $8, $9)",
                 .writes = true};

constexpr Query<Entry, FamilyRow, std::vector<Uuid>, std::vector<int64_t>, std::vector<OptionalText>> kRotate{
    .name = "auth_families_rotate",
    .sql =
        "SELECT outcome, family, gen, salt, key_id, user_id, email, display_name, created_at, user_version, "
        "expires_at, tenant_id, tenant_slug, tenant_name, tenant_status, role, membership_version, "
        "tenant_version FROM entry.families_rotate($1, $2, $3)",
    .writes = true};

constexpr Query<Entry, FamilyRow, Uuid, int64_t, OptionalText, OptionalText> kExchange{
    .name = "auth_family_exchange",
    .sql =
        "SELECT outcome, family, gen, salt, key_id, user_id, email, display_name, created_at, user_version, "
        "expires_at, tenant_id, tenant_slug, tenant_name, tenant_status, role, membership_version, "
        "tenant_version FROM entry.family_exchange($1, $2, $3, $4)",
    .writes = true};

constexpr Query<Entry, void, Uuid, int64_t> kConfirm{
    .name = "auth_family_confirm", .sql = "SELECT entry.family_confirm($1, $2)", .writes = true};

constexpr Query<Entry, void, OptionalId, OptionalId, OptionalId, std::string> kEndSessions{
    .name = "auth_sessions_end",
    .sql = "SELECT ended FROM entry.sessions_end($1, $2, $3, $4)",
    .writes = true};

constexpr Query<Entry, void, Uuid, Email, int64_t, Uuid> kRequestReset{
    .name = "auth_reset_request",
    .sql = "SELECT entry.reset_request($1, $2, $3::integer, $4)",
    .writes = true};

constexpr Query<Self, PasswordRow, OptionalId, int64_t> kReadPasswords{
    .name = "auth_password_read",
    .sql = "SELECT user_id, password_hash, current FROM entry.password_read($1, $2::integer)"};
constexpr Query<Entry, PasswordRow, OptionalId, int64_t> kReadPasswordsOfReset{
    .name = "auth_password_read_reset",
    .sql = "SELECT user_id, password_hash, current FROM entry.password_read($1, $2::integer)"};

constexpr Query<Entry, ResetRow, Uuid, std::string, Uuid> kResetPassword{
    .name = "auth_password_reset",
    .sql = "SELECT user_id, email FROM entry.reset_password($1, $2, $3)",
    .writes = true};

constexpr Query<Self, UserId, std::string, std::string, Uuid, Uuid> kChangePassword{
    .name = "auth_password_change",
    .sql = "SELECT user_id FROM entry.password_change($1, $2, $3, $4)",
    .writes = true};

constexpr Query<Self, MembershipRow, Slug> kFindMembership{
    .name = "auth_membership_find",
    .sql =
        "SELECT t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, t.status AS tenant_status, "
        "m.role, "
        "m.version AS membership_version, t.token_version AS tenant_version "
        "FROM memberships m JOIN tenants t ON t.id = m.tenant_id "
        "WHERE m.user_id = app_user() AND t.slug = $1 AND t.status IN ('active', 'suspended')"};

constexpr pg::Statement kQueries[] = {
    kSignUp.statement(),        kResend.statement(),         kVerify.statement(),
    kLoginLookup.statement(),   kOpenSession.statement(),    kRotate.statement(),
    kExchange.statement(),      kConfirm.statement(),        kEndSessions.statement(),
    kRequestReset.statement(),  kReadPasswords.statement(),  kReadPasswordsOfReset.statement(),
    kResetPassword.statement(), kChangePassword.statement(), kFindMembership.statement()};

Task<Result<>> done(Task<Result<size_t>> running) {
  CO_TRY(co_await std::move(running));
  co_return Result<>{};
}

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<>> sign_up(const Ctx& ctx, Uuid id, Email email, std::string name, std::string hash,
                       std::optional<Uuid> invite, int64_t minutes) {
  return done(ctx.entry().execute(kSignUp, id, email, name, hash, invite, minutes, Uuid::v7(ctx.now())));
}

Task<Result<>> resend_verification(const Ctx& ctx, Email email) {
  return done(ctx.entry().execute(kResend, email, Uuid::v7(ctx.now())));
}

Task<Result<std::optional<UserId>>> verify_email(const Ctx& ctx, Uuid token, bool invite_only) {
  return ctx.entry().maybe(kVerify, token, Uuid::v7(ctx.now()), invite_only);
}

Task<Result<std::optional<LoginRow>>> login_lookup(const Ctx& ctx, Email email) {
  return ctx.entry().maybe(kLoginLookup, email);
}

Task<Result<std::optional<SessionRow>>> open_session(const Ctx& ctx, NewSession s) {
  return ctx.entry().maybe(kOpenSession, s.family, s.user, s.salt, s.key_id, s.minutes, s.ip, s.user_agent,
                           s.rehash, s.tenant);
}

Task<Result<std::vector<std::optional<FamilyRow>>>> rotate(const Ctx& ctx, std::vector<Rotation> rotations) {
  std::vector<Uuid> families;
  std::vector<int64_t> generations;
  std::vector<OptionalText> tenants;
  for (const auto& rotation : rotations) {
    families.push_back(rotation.family);
    generations.push_back(rotation.generation);
    tenants.push_back(rotation.tenant);
  }
  auto rows = CO_TRY(co_await ctx.entry().all(kRotate, families, generations, tenants));
  std::vector<std::optional<FamilyRow>> out(rotations.size());
  for (auto& row : rows) {
    // Of two tokens of one family in one call only one was rotated: the row's generation says which.
    const auto asked = std::ranges::find_if(rotations, [&](const Rotation& rotation) {
      return rotation.family == row.family && rotation.generation + 1 == row.gen;
    });
    if (asked != rotations.end()) out[static_cast<size_t>(asked - rotations.begin())] = std::move(row);
  }
  co_return out;
}

Task<Result<std::optional<FamilyRow>>> exchange(const Ctx& ctx, Rotation rotation,
                                                std::optional<std::string> user_agent) {
  return ctx.entry().maybe(kExchange, rotation.family, rotation.generation, user_agent, rotation.tenant);
}

Task<Result<>> confirm_generation(const Ctx& ctx, Uuid family, int64_t generation) {
  return done(ctx.entry().execute(kConfirm, family, generation));
}

Task<Result<>> end_sessions(const Ctx& ctx, std::optional<Uuid> user, std::optional<Uuid> family,
                            std::optional<Uuid> except, std::string reason) {
  return done(ctx.entry().execute(kEndSessions, user, family, except, reason));
}

Task<Result<>> request_reset(const Ctx& ctx, Uuid id, Email email, int64_t minutes) {
  return done(ctx.entry().execute(kRequestReset, id, email, minutes, Uuid::v7(ctx.now())));
}

Task<Result<std::vector<PasswordRow>>> read_passwords(const Ctx& ctx, std::optional<Uuid> reset,
                                                      int64_t history) {
  if (reset) return ctx.entry().all(kReadPasswordsOfReset, reset, history);
  return ctx.self().all(kReadPasswords, reset, history);
}

Task<Result<std::optional<ResetRow>>> reset_password(const Ctx& ctx, Uuid reset, std::string hash) {
  return ctx.entry().maybe(kResetPassword, reset, hash, Uuid::v7(ctx.now()));
}

Task<Result<std::optional<UserId>>> change_password(const Ctx& ctx, std::string checked, std::string hash,
                                                    Uuid keep) {
  return ctx.self().maybe(kChangePassword, checked, hash, keep, Uuid::v7(ctx.now()));
}

Task<Result<std::optional<MembershipRow>>> find_membership(const Ctx& ctx, Slug slug) {
  return ctx.self().maybe(kFindMembership, slug);
}

}  // namespace store
}  // namespace starter::auth
