// What the auth routes take and give.
#pragma once

#include "starter/core/context.h"
#include "starter/describe/type_info.h"

namespace starter::auth {

/// Twelve characters at least; what an attacker would guess early is refused by the service
/// (password_strength.h).
using NewPassword = SecretText<12, 128>;
using Password = SecretText<1, 128>;
using Token = SecretText<16, 512>;
using DisplayName = Name<1, 80>;

struct SignUp {
  Email email;
  NewPassword password;
  DisplayName display_name;
  std::optional<Token> invite_token;
};
BOOST_DESCRIBE_STRUCT(SignUp, (), (email, password, display_name, invite_token))

enum class AcceptedStatus { accepted };
BOOST_DESCRIBE_ENUM(AcceptedStatus, accepted)

/// The same answer whether the address is known or not.
struct AcceptedReply {
  AcceptedStatus status = AcceptedStatus::accepted;
};
BOOST_DESCRIBE_STRUCT(AcceptedReply, (), (status))

struct MailToken {
  Token token;
};
BOOST_DESCRIBE_STRUCT(MailToken, (), (token))

enum class VerifiedStatus { verified };
BOOST_DESCRIBE_ENUM(VerifiedStatus, verified)

struct VerifiedReply {
  VerifiedStatus status = VerifiedStatus::verified;
};
BOOST_DESCRIBE_STRUCT(VerifiedReply, (), (status))

struct EmailOnly {
  Email email;
};
BOOST_DESCRIBE_STRUCT(EmailOnly, (), (email))

struct SignIn {
  Email email;
  Password password;
  std::optional<Token> device_token;  // shows a device that signed in before; it has a throttle of its own
  std::optional<Slug> tenant;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (email, password, device_token, tenant))

struct Refresh {
  Token refresh_token;
  std::optional<Slug> tenant;
};
BOOST_DESCRIBE_STRUCT(Refresh, (), (refresh_token, tenant))

struct SwitchTenant {
  Slug tenant;
};
BOOST_DESCRIBE_STRUCT(SwitchTenant, (), (tenant))

struct ResetPassword {
  Token token;
  NewPassword password;
};
BOOST_DESCRIBE_STRUCT(ResetPassword, (), (token, password))

struct User {
  Uuid id;
  Email email;
  std::string display_name;
  bool email_verified;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(User, (), (id, email, display_name, email_verified, created_at))

enum class TenantStatus { provisioning, active, suspended, deprovisioning, deprovisioned };
BOOST_DESCRIBE_ENUM(TenantStatus, provisioning, active, suspended, deprovisioning, deprovisioned)

/// A tenant as one of its members sees it in a list.
struct TenantSummary {
  Uuid id;
  Slug slug;
  std::string name;
  Role role;
  TenantStatus status;
};
BOOST_DESCRIBE_STRUCT(TenantSummary, (), (id, slug, name, role, status))

struct SessionTokens {
  std::string access_token;
  Timestamp access_expires_at;
  std::string refresh_token;
  Timestamp refresh_expires_at;
  User user;
  std::optional<TenantSummary> tenant;
  std::optional<std::string> device_token;
};
BOOST_DESCRIBE_STRUCT(SessionTokens, (),
                      (access_token, access_expires_at, refresh_token, refresh_expires_at, user, tenant,
                       device_token))

struct AccessToken {
  std::string access_token;
  Timestamp access_expires_at;
  std::optional<TenantSummary> tenant;
};
BOOST_DESCRIBE_STRUCT(AccessToken, (), (access_token, access_expires_at, tenant))

}  // namespace starter::auth
