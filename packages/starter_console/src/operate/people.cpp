#include "operate/people.h"

#include <algorithm>
#include <boost/json.hpp>

#include "starter/crypto/password.h"

namespace starter::console::operate {

namespace json = boost::json;

namespace {

constexpr const char* kNoTenant = "00000000-0000-0000-0000-000000000000";
constexpr std::size_t kStem = 30;

std::string new_id() {
  return Uuid::v7(Clock::system().now()).text();
}

Outcome<> audit(Database& owner, const std::string& tenant, const std::string& action,
                const std::string& type, const std::string& target, const json::object& payload) {
  // xid, at and digest are set by the table's trigger.
  CHECKED(
      owner.rows("INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, target_id, "
                 "payload, xid, at, digest) "
                 "VALUES ($1, $2, NULL, $3, $4, $5, $6, pg_current_xact_id(), now(), '')",
                 {new_id(), tenant, action, type, target, json::serialize(payload)}));
  return {};
}

// A hash that no password matches: of a random text under a random pepper, both forgotten here.
std::string closed_hash() {
  return crypto::PasswordHasher(*crypto::Peppers::parse(Secret(random_token(48))))
      .hash(Secret(random_token(32)));
}

// Two consoles at once would both find nobody.
Outcome<> take_turns(Database& owner) {
  CHECKED(owner.rows("SELECT pg_advisory_xact_lock(hashtextextended('starter-console users', 0))"));
  return {};
}

Outcome<std::string> free_slug(Database& owner, const OwnerWish& wish) {
  const auto stem = slug_from(wish.tenant, wish.taken);
  for (int number = 1; number < 1000; ++number) {
    auto slug = number == 1 ? stem : stem + "-" + std::to_string(number);
    if (CHECKED(owner.value("SELECT 1 FROM tenants WHERE slug = $1", {slug})).empty()) return slug;
  }
  return Failure{.code = "users.slug",
                 .what = "No address is free for a tenant named " + wish.tenant + ".",
                 .why = "A thousand tenants are named like it.",
                 .fix = "--tenant ANOTHER"};
}

Outcome<std::string> add_tenant(Database& owner, const OwnerWish& wish, OwnerMade& made) {
  made.slug = CHECKED(free_slug(owner, wish));
  auto id = new_id();
  CHECKED(
      owner.rows("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $3)", {id, made.slug, wish.tenant}));
  CHECKED(audit(owner, id, "tenant.created", "tenant", id, {{"name", wish.tenant}, {"by", wish.by}}));
  made.steps.push_back("make the tenant " + wish.tenant + " at /" + made.slug);
  return id;
}

// The link that lets the person choose a password; older ones stop working.
Outcome<> add_link(Database& owner, const OwnerWish& wish, const std::string& user, OwnerMade& made) {
  CHECKED(owner.rows(
      "UPDATE password_resets SET consumed_at = now() WHERE user_id = $1 AND consumed_at IS NULL", {user}));
  made.token = Uuid::v7(Clock::system().now());
  made.link = LinkKind::set_password;
  CHECKED(
      owner.rows("INSERT INTO password_resets (id, user_id, expires_at) VALUES ($1, $2, now() + "
                 "make_interval(hours => $3::int))",
                 {made.token.text(), user, std::to_string(wish.hours)}));
  made.steps.push_back("make a link to choose the password, for " + std::to_string(wish.hours) + " hours");
  return {};
}

Outcome<> add_owned_tenant(Database& owner, const OwnerWish& wish, const std::string& user, OwnerMade& made) {
  const auto tenant = CHECKED(add_tenant(owner, wish, made));
  CHECKED(owner.rows("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'owner')",
                     {tenant, user}));
  return audit(owner, tenant, "member.joined", "user", user, {{"role", "owner"}, {"by", wish.by}});
}

Outcome<> add_person(Database& owner, const OwnerWish& wish, OwnerMade& made) {
  const auto user = new_id();
  CHECKED(
      owner.rows("INSERT INTO users (id, email, display_name, email_verified_at) VALUES ($1, $2, $3, now())",
                 {user, wish.email.value, wish.name}));
  CHECKED(
      owner.rows("INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)", {user, closed_hash()}));
  CHECKED(audit(owner, kNoTenant, "owner.created", "user", user, {{"by", wish.by}}));
  made.steps.push_back("make the account " + wish.email.value + ", which no password opens yet");
  if (!wish.tenant.empty()) CHECKED(add_owned_tenant(owner, wish, user, made));
  return add_link(owner, wish, user, made);
}

// The link of before was never used: the account is as good as new.
Outcome<> renew_person(Database& owner, const OwnerWish& wish, const std::string& user, OwnerMade& made) {
  if (!wish.tenant.empty()) {
    made.slug =
        CHECKED(owner.value("SELECT t.slug FROM tenants t JOIN memberships m ON m.tenant_id = t.id "
                            "WHERE m.user_id = $1 AND t.name = $2",
                            {user, wish.tenant}));
    if (made.slug.empty()) CHECKED(add_owned_tenant(owner, wish, user, made));
  }
  CHECKED(audit(owner, kNoTenant, "owner.link_renewed", "user", user, {{"by", wish.by}}));
  return add_link(owner, wish, user, made);
}

// Somebody with an account joins by their own act, so the tenant waits for them with an invitation.
Outcome<> invite_person(Database& owner, const OwnerWish& wish, const std::string& user, OwnerMade& made) {
  const auto own =
      CHECKED(owner.rows("SELECT t.slug FROM tenants t JOIN memberships m ON m.tenant_id = t.id "
                         "WHERE t.name = $1 AND m.user_id = $2 AND m.role = 'owner' LIMIT 1",
                         {wish.tenant, user}));
  if (!own.empty()) {
    made.slug = own[0][0].value_or("");
    return {};
  }
  const auto open = CHECKED(owner.rows(
      "SELECT i.id, t.slug, i.expires_at > now() FROM invites i JOIN tenants t ON t.id = i.tenant_id "
      "WHERE t.name = $1 AND i.email = $2 AND i.role = 'owner' AND i.accepted_at IS NULL "
      "AND i.revoked_at IS NULL LIMIT 1",
      {wish.tenant, wish.email.value}));
  made.link = LinkKind::invite;
  if (!open.empty()) {
    const auto id = open[0][0].value_or("");
    made.slug = open[0][1].value_or("");
    static_cast<void>(Uuid::from_text(id, made.token));
    if (open[0][2] == "t") return {};  // the same link again
    CHECKED(
        owner.rows("UPDATE invites SET expires_at = now() + make_interval(hours => $2::int) WHERE id = $1",
                   {id, std::to_string(wish.hours)}));
    made.steps.push_back("let the invitation work for " + std::to_string(wish.hours) + " more hours");
    return {};
  }
  const auto tenant = CHECKED(add_tenant(owner, wish, made));
  made.token = Uuid::v7(Clock::system().now());
  CHECKED(
      owner.rows("INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) "
                 "VALUES ($1, $2, $3, 'owner', $4, now() + make_interval(hours => $5::int))",
                 {tenant, made.token.text(), wish.email.value, user, std::to_string(wish.hours)}));
  CHECKED(audit(owner, tenant, "invite.created", "invite", made.token.text(),
                {{"email", wish.email.value}, {"role", "owner"}, {"by", wish.by}}));
  made.steps.push_back("invite " + wish.email.value + " as its owner, for " + std::to_string(wish.hours) +
                       " hours");
  return {};
}

}  // namespace

std::string slug_from(std::string_view name, const std::vector<std::string>& taken) {
  std::string stem;
  for (char c : name) {
    if (stem.size() == kStem) break;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && !stem.empty())) {
      stem += c;
    } else if (!stem.empty() && stem.back() != '-') {
      stem += '-';
    }
  }
  while (!stem.empty() && stem.back() == '-') stem.pop_back();
  if (stem.size() < 3) return "team";
  return std::ranges::find(taken, stem) == taken.end() ? stem : stem + "-team";
}

Outcome<OwnerMade> create_owner(Database& owner, const OwnerWish& wish, bool dry_run) {
  CHECKED(require_schema(owner, {"users", "credentials", "password_resets", "tenants", "memberships",
                                 "invites", "audit_events"}));
  auto transaction = CHECKED(Transaction::begin(owner));
  CHECKED(take_turns(owner));
  OwnerMade made;
  const auto found =
      CHECKED(owner.rows("SELECT u.id, u.disabled_at IS NOT NULL, NOT EXISTS (SELECT 1 FROM password_history "
                         "h WHERE h.user_id = u.id) "
                         "AND EXISTS (SELECT 1 FROM audit_events a WHERE a.tenant_id = $2 AND a.action = "
                         "'owner.created' AND a.target_id = u.id::text) "
                         "FROM users u WHERE u.email = $1",
                         {wish.email.value, kNoTenant}));
  if (!found.empty() && found[0][1] == "t") {
    return Failure{.code = "users.disabled",
                   .what = "The account " + wish.email.value + " is disabled.",
                   .why = "A disabled account can't own anything.",
                   .fix = "starter-console users create-owner --email ANOTHER",
                   .exit = Exit::conflict};
  }
  if (found.empty()) {
    CHECKED(add_person(owner, wish, made));
  } else if (found[0][2] == "t") {
    CHECKED(renew_person(owner, wish, found[0][0].value_or(""), made));
  } else if (!wish.tenant.empty()) {
    CHECKED(invite_person(owner, wish, found[0][0].value_or(""), made));
  }
  if (!dry_run) CHECKED(transaction.commit());
  return made;
}

Outcome<std::vector<std::string>> grant_operator(Database& owner, const Email& email,
                                                 const std::string& reason, const std::string& by,
                                                 bool dry_run) {
  CHECKED(require_schema(owner, {"users", "audit_events"}));
  auto transaction = CHECKED(Transaction::begin(owner));
  CHECKED(take_turns(owner));
  const auto found = CHECKED(owner.rows(
      "SELECT id, operator_since IS NOT NULL, disabled_at IS NOT NULL FROM users WHERE email = $1 FOR UPDATE",
      {email.value}));
  if (found.empty() || found[0][2] == "t") {
    return Failure{.code = "users.unknown",
                   .what = "There is no active account " + email.value + ".",
                   .why = found.empty() ? "Nobody has confirmed this address." : "The account is disabled.",
                   .fix = "starter-console users create-owner --email " + email.value,
                   .exit = Exit::not_found};
  }
  if (found[0][1] == "t") return std::vector<std::string>{};
  const auto user = found[0][0].value_or("");
  CHECKED(owner.rows("UPDATE users SET operator_since = now() WHERE id = $1", {user}));
  CHECKED(audit(owner, kNoTenant, "operator.granted", "user", user, {{"reason", reason}, {"by", by}}));
  if (!dry_run) CHECKED(transaction.commit());
  return std::vector<std::string>{"make " + email.value + " a platform operator"};
}

}  // namespace starter::console::operate
