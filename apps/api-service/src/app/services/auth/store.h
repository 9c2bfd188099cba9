// The rows behind signing in. Every statement here calls one of the entry functions of the schema.
#pragma once

#include "app/services/auth/types.h"
#include "starter/core/result.h"

namespace starter::auth {

struct LoginRow {
  Uuid user_id;
  std::string password_hash;
  bool pending;
  bool disabled;
};
BOOST_DESCRIBE_STRUCT(LoginRow, (), (user_id, password_hash, pending, disabled))

struct SessionRow {
  Uuid user_id;
  Email email;
  std::string display_name;
  Timestamp created_at;
  int64_t user_version;
  Timestamp expires_at;
  std::optional<Uuid> tenant_id;
  std::optional<Slug> tenant_slug;
  std::optional<std::string> tenant_name;
  std::optional<TenantStatus> tenant_status;
  std::optional<Role> role;
  std::optional<int64_t> membership_version;
  std::optional<int64_t> tenant_version;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (),
                      (user_id, email, display_name, created_at, user_version, expires_at, tenant_id,
                       tenant_slug, tenant_name, tenant_status, role, membership_version, tenant_version))

/// How an exchange of a refresh token ended (entry.family_exchange).
enum class Exchange { rotated, current, no_tenant, reused };
BOOST_DESCRIBE_ENUM(Exchange, rotated, current, no_tenant, reused)

/// A family after the exchange of its token: what the successor and the reply are made of.
struct FamilyRow {
  Exchange outcome;
  Uuid family;
  int64_t gen;
  Bytes salt;
  std::string key_id;
  Uuid user_id;
  Email email;
  std::string display_name;
  Timestamp created_at;
  int64_t user_version;
  Timestamp expires_at;
  std::optional<Uuid> tenant_id;
  std::optional<Slug> tenant_slug;
  std::optional<std::string> tenant_name;
  std::optional<TenantStatus> tenant_status;
  std::optional<Role> role;
  std::optional<int64_t> membership_version;
  std::optional<int64_t> tenant_version;

  SessionRow session() const {
    return {user_id,     email,       display_name,  created_at, user_version,       expires_at,    tenant_id,
            tenant_slug, tenant_name, tenant_status, role,       membership_version, tenant_version};
  }
};
BOOST_DESCRIBE_STRUCT(FamilyRow, (),
                      (outcome, family, gen, salt, key_id, user_id, email, display_name, created_at,
                       user_version, expires_at, tenant_id, tenant_slug, tenant_name, tenant_status, role,
                       membership_version, tenant_version))

/// A token to exchange and the tenant its access token is for.
struct Rotation {
  Uuid family;
  int64_t generation;
  std::optional<std::string> tenant;
};

struct PasswordRow {
  Uuid user_id;
  std::string password_hash;
  bool current;
};
BOOST_DESCRIBE_STRUCT(PasswordRow, (), (user_id, password_hash, current))

struct MembershipRow {
  Uuid tenant_id;
  Slug tenant_slug;
  std::string tenant_name;
  TenantStatus tenant_status;
  Role role;
  int64_t membership_version;
  int64_t tenant_version;
};
BOOST_DESCRIBE_STRUCT(MembershipRow, (),
                      (tenant_id, tenant_slug, tenant_name, tenant_status, role, membership_version,
                       tenant_version))

struct UserId {
  Uuid user_id;
};
BOOST_DESCRIBE_STRUCT(UserId, (), (user_id))

struct ResetRow {
  Uuid user_id;
  Email email;
};
BOOST_DESCRIBE_STRUCT(ResetRow, (), (user_id, email))

struct NewSession {
  Uuid family;
  Uuid user;
  Bytes salt;
  std::string key_id;
  int64_t minutes;
  std::optional<std::string> ip, user_agent, rehash, tenant;
};

namespace store {

Task<Result<>> sign_up(const Ctx& ctx, Uuid id, Email email, std::string name, std::string hash,
                       std::optional<Uuid> invite, int64_t minutes);
Task<Result<>> resend_verification(const Ctx& ctx, Email email);
Task<Result<std::optional<UserId>>> verify_email(const Ctx& ctx, Uuid token, bool invite_only);
Task<Result<std::optional<LoginRow>>> login_lookup(const Ctx& ctx, Email email);
Task<Result<std::optional<SessionRow>>> open_session(const Ctx& ctx, NewSession session);
/// The families that an ordinary rotation was made of, in the order of `rotations`; nothing for the others.
Task<Result<std::vector<std::optional<FamilyRow>>>> rotate(const Ctx& ctx, std::vector<Rotation> rotations);
/// Exchanges a token in whatever state; nothing for a family that is unknown or has ended.
Task<Result<std::optional<FamilyRow>>> exchange(const Ctx& ctx, Rotation rotation,
                                                std::optional<std::string> user_agent);
Task<Result<>> confirm_generation(const Ctx& ctx, Uuid family, int64_t generation);
/// Ends one session (`family`), all of a person (`user`), or all but one (`except`).
Task<Result<>> end_sessions(const Ctx& ctx, std::optional<Uuid> user, std::optional<Uuid> family,
                            std::optional<Uuid> except, std::string reason);
Task<Result<>> request_reset(const Ctx& ctx, Uuid id, Email email, int64_t minutes);
/// Of an open reset, or (without one) of the signed-in person.
Task<Result<std::vector<PasswordRow>>> read_passwords(const Ctx& ctx, std::optional<Uuid> reset,
                                                      int64_t history);
Task<Result<std::optional<ResetRow>>> reset_password(const Ctx& ctx, Uuid reset, std::string hash);
Task<Result<std::optional<UserId>>> change_password(const Ctx& ctx, std::string checked, std::string hash,
                                                    Uuid keep);
/// The membership behind a token of the signed-in person for this tenant.
Task<Result<std::optional<MembershipRow>>> find_membership(const Ctx& ctx, Slug slug);

}  // namespace store
}  // namespace starter::auth
