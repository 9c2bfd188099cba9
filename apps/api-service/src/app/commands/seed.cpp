#include "app/commands/seed.h"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/types.h"
#include "starter/crypto/password.h"

namespace starter {
namespace {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Values = std::vector<std::string>;

/// One transaction of the owner.
class Owner {
 public:
  explicit Owner(const Secret& url) : connection_(PQconnectdb(std::string(url.reveal()).c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw Failure("can't connect as the owner: " + std::string(PQerrorMessage(connection_.get())) +
                    "Check MIGRATE_DATABASE_URL and that Postgres is up.");
    }
    value("BEGIN");
  }
  /// The first column of the first row, or empty.
  std::string value(const char* sql, const Values& parameters = {}) {
    std::vector<const char*> pointers;
    for (const auto& parameter : parameters) pointers.push_back(parameter.c_str());
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexecParams(connection_.get(), sql, static_cast<int>(pointers.size()), nullptr, pointers.data(),
                     nullptr, nullptr, 0),
        PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      throw Failure(PQresultErrorMessage(result.get()));
    return PQntuples(result.get()) > 0 && !PQgetisnull(result.get(), 0, 0) ? PQgetvalue(result.get(), 0, 0)
                                                                           : "";
  }
  void commit() { value("COMMIT"); }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

std::string ensure_user(Owner& owner, const crypto::PasswordHasher& hasher, const Secret& password,
                        const std::string& email, const std::string& name) {
  const std::string fresh = Uuid::v7(Clock::system().now()).text();
  owner.value(
      "INSERT INTO users (id, email, display_name, email_verified_at) VALUES ($1, $2, $3, now()) ON CONFLICT "
      "(email) DO NOTHING",
      {fresh, email, name});
  const std::string id = owner.value("SELECT id FROM users WHERE email = $1", {email});
  const std::string stored = owner.value("SELECT password_hash FROM credentials WHERE user_id = $1", {id});
  if (!stored.empty() && hasher.verify(password, stored)) return id;
  owner.value(
      "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE "
      "SET password_hash = excluded.password_hash, changed_at = now()",
      {id, hasher.hash(password)});
  return id;
}

void ensure_member(Owner& owner, const std::string& tenant, const std::string& user,
                   const std::string& role) {
  owner.value(
      "INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, $3::member_role) "
      "ON CONFLICT (tenant_id, user_id) DO NOTHING",
      {tenant, user, role});
}

void fill(Owner& owner, const crypto::PasswordHasher& hasher, const Secret& password) {
  const std::string boss = ensure_user(owner, hasher, password, "demo@example.com", "Demo Owner");
  const std::string colleague = ensure_user(owner, hasher, password, "member@example.com", "Demo Member");
  const std::string fresh = Uuid::v7(Clock::system().now()).text();
  const std::string made = owner.value(
      "INSERT INTO tenants (id, slug, name) VALUES ($1, 'acme', 'Acme') ON CONFLICT (slug) DO NOTHING "
      "RETURNING id",
      {fresh});
  const std::string tenant = made.empty() ? owner.value("SELECT id FROM tenants WHERE slug = 'acme'") : made;
  ensure_member(owner, tenant, boss, "owner");
  ensure_member(owner, tenant, colleague, "member");
  if (made.empty()) return;
  for (const char* project : {"Website", "Mobile app", "Customer portal"}) {
    owner.value("INSERT INTO projects (tenant_id, id, name) VALUES ($1, $2, $3)",
                {tenant, Uuid::v7(Clock::system().now()).text(), project});
  }
  owner.value(
      "INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, target_id, payload, xid, at, "
      "digest) "
      "VALUES ($1, $2::uuid, $3, 'tenant.created', 'tenant', $2::text, '{\"slug\": \"acme\"}', "
      "pg_current_xact_id(), now(), '')",
      {Uuid::v7(Clock::system().now()).text(), tenant, boss});
}

}  // namespace

std::string seed_demo(const Settings& settings, const Secret& password) {
  if (settings.hosted())
    return "a hosted service gets no demo accounts: APP_PUBLIC_URL is not on this machine";
  if (settings.migrate_database_url.empty())
    return "MIGRATE_DATABASE_URL is not set. Set it to the database owner's URL.";
  if (password.size() < 12) return "DEMO_PASSWORD needs at least 12 characters";
  try {
    Owner owner(settings.migrate_database_url);
    const crypto::PasswordHasher hasher(*crypto::Peppers::parse(settings.password_pepper));
    fill(owner, hasher, password);
    owner.commit();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace starter
