#include "support/api.h"

#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "starter/crypto/one_time_token.h"
#include "starter/crypto/password.h"
#include "support/sql.h"

namespace starter::test {
namespace {

constexpr const char* kPassword = "correct horse battery staple";

std::string pepper(const std::string& name) {
  return name + "-0123456789abcdef0123456789abcdef";
}

crypto::OneTimeTokens tokens(const std::string& name) {
  return crypto::OneTimeTokens(*crypto::Peppers::parse(Secret(pepper(name))));
}

crypto::RefreshTokens refresh_tokens() {
  return crypto::RefreshTokens(*crypto::Peppers::parse(Secret(pepper("AUTH_REFRESH_TOKEN_PEPPER"))));
}

std::string name_of(const std::string& url) {
  return url.substr(url.rfind('/') + 1);
}

}  // namespace

std::string api_binary() {
  const char* other = std::getenv("STARTER_API_BINARY");
  return other ? other : STARTER_API;
}

std::string make_database(PostgresServer& postgres) {
  const std::string database = name_of(postgres.create_database()), owner = database + "_owner";
  Sql superuser(postgres.url());
  superuser.run("CREATE ROLE " + owner + " LOGIN CREATEROLE PASSWORD 'password-of-tests'");
  superuser.run("ALTER DATABASE " + database + " OWNER TO " + owner);
  // The groups are the cluster's; every owner of a test database must be able to use them.
  for (const std::string group :
       {"starter_owner", "starter_app", "starter_worker", "starter_entry", "starter_backup"}) {
    if (superuser.value("SELECT 1 FROM pg_roles WHERE rolname = '" + group + "'").empty()) {
      superuser.run("CREATE ROLE " + group + " NOLOGIN");
    }
  }
  superuser.run("GRANT starter_owner, starter_entry, starter_app, starter_worker TO " + owner +
                " WITH ADMIN OPTION");
  return database;
}

std::map<std::string, std::string> service_environment(const std::string& database,
                                                       PostgresServer& postgres) {
  // Roles belong to the cluster, which other tests use too: the log-ins carry the database's name.
  const auto login = [&](const char* role) {
    return postgres.url_as(database + "_" + role, "password-of-tests", database);
  };
  return {{"ENVIRONMENT", "test"},
          {"APP_PUBLIC_URL", "http://localhost:3000"},
          {"HOST", "127.0.0.1"},
          {"WORKERS", "2"},
          {"DATABASE_URL", login("app")},
          {"WORKER_DATABASE_URL", login("worker")},
          {"MIGRATE_DATABASE_URL", login("owner")},
          {"REDIS_URL", shared_redis().url_of_new_database()},
          {"SIGNUP_ACCESS_POLICY", "public"},
          {"DRAIN_SECONDS", "5"},
          {"RATE_LIMIT_FACTOR", "1000"},
          {"AUTH_PASSWORD_PEPPER", pepper("AUTH_PASSWORD_PEPPER")},
          {"AUTH_REFRESH_TOKEN_PEPPER", pepper("AUTH_REFRESH_TOKEN_PEPPER")},
          {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", pepper("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER")},
          {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", pepper("AUTH_PASSWORD_RESET_TOKEN_PEPPER")},
          {"SERVICE_ACCOUNT_SIGNING_SECRET", pepper("SERVICE_ACCOUNT_SIGNING_SECRET")},
          {"SECRET_KEY", pepper("SECRET_KEY-" + database)}};
}

Api::Api(size_t replicas, std::map<std::string, std::string> overrides, PostgresServer& postgres)
    : postgres_(postgres),
      processes_(replicas) {
  database_ = make_database(postgres);
  environment_ = service_environment(database_, postgres);
  environment_["AUTH_KEY_STORAGE_PATH"] = (folder_.path() / "keyset.json").string();
  for (auto& [name, value] : overrides) environment_[name] = value;
  if (const auto wrong =
          crypto::save_keyset_file(keyset_path(), crypto::Keyset::create(Clock::system().now()));
      !wrong.empty()) {
    throw std::runtime_error(wrong);
  }
  const auto log = folder_.path() / "migrate.log";
  if (run({.arguments = {api_binary(), "migrate"}, .environment = environment_, .log = log}) != 0) {
    std::ifstream file(log);
    std::stringstream text;
    text << file.rdbuf();
    throw std::runtime_error("migrate failed: " + text.str());
  }
  for (size_t i = 0; i < replicas; ++i) {
    ports_.push_back(free_port());
    inside_ports_.push_back(free_port());
  }
  for (size_t i = 0; i < replicas; ++i) start(i);
  for (size_t i = 0; i < replicas; ++i) wait_ready(i);
}

Api::~Api() {
  for (auto& process : processes_) process.signal(SIGTERM);
  for (auto& process : processes_) process.kill();
}

void Api::start(size_t replica) {
  auto environment = environment_;
  environment["PORT"] = std::to_string(ports_[replica]);
  environment["METRICS_PORT"] = std::to_string(inside_ports_[replica]);
  processes_[replica] = Process({.arguments = {api_binary(), "serve"},
                                 .environment = environment,
                                 .log = folder_.path() / ("api-" + std::to_string(replica) + ".log")});
}

void Api::wait_ready(size_t replica) {
  wait_until("the API is ready", [&] {
    if (!processes_[replica].running()) throw std::runtime_error("the API ended: " + log(replica));
    return client(replica).get("/health/ready").status == 200;
  });
}

Client Api::client(size_t replica) const {
  return Client("http://127.0.0.1:" + std::to_string(ports_[replica]));
}

Client Api::inside(size_t replica) const {
  return Client("http://127.0.0.1:" + std::to_string(inside_ports_[replica]));
}

std::string Api::log(size_t replica) const {
  std::ifstream file(folder_.path() / ("api-" + std::to_string(replica) + ".log"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Sql::Row> Api::rows(const std::string& statement) const {
  const std::lock_guard lock(mutex_);
  if (!session_ || !session_->alive()) session_ = std::make_unique<Sql>(superuser_url());
  return session_->rows(statement);
}

std::string Api::sql(const std::string& statement) const {
  const auto found = rows(statement);
  return found.empty() || found[0].empty() ? "" : found[0][0];
}

std::string Api::url(const std::string& role) const {
  return postgres_.url_as(database_ + "_" + role, "password-of-tests", database_);
}

std::string Api::verification_token(const std::string& email) const {
  Uuid id;
  Uuid::from_text(
      sql("SELECT id FROM sign_ups WHERE email = '" + email + "' ORDER BY created_at DESC LIMIT 1"), id);
  return tokens("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER").derive(id, "verify");
}

std::string Api::reset_token(const std::string& email) const {
  Uuid id;
  Uuid::from_text(
      sql("SELECT r.id FROM password_resets r JOIN users u ON u.id = r.user_id WHERE u.email = '" + email +
          "' ORDER BY r.created_at DESC LIMIT 1"),
      id);
  return tokens("AUTH_PASSWORD_RESET_TOKEN_PEPPER").derive(id, "reset");
}

std::string Api::invite_token(const std::string& email) const {
  Uuid id;
  Uuid::from_text(
      sql("SELECT id FROM invites WHERE email = '" + email + "' ORDER BY created_at DESC LIMIT 1"), id);
  return tokens("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER").derive(id, "invite");
}

namespace {

// Sets something up, and comes again when it is told to: beside other tests a machine may have too much to
// do.
Response post(const Client& client, const std::string& path, const std::string& body, int status) {
  for (int tries = 0;; ++tries) {
    auto reply = client.post(path, body);
    if (reply.status == status) return reply;
    if (reply.status != 503 || tries == 50) throw std::runtime_error(path + ": " + reply.body);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

}  // namespace

Person Api::person(const std::string& name) {
  static std::atomic<int> count{0};
  Person out;
  out.email = name + "-" + std::to_string(++count) + "@example.com";
  out.password = kPassword;
  post(client(), "/api/v1/auth/sign-up",
       R"({"email":")" + out.email + R"(","password":")" + out.password + R"(","display_name":")" + name +
           "\"}",
       202);
  post(client(), "/api/v1/auth/verify", R"({"token":")" + verification_token(out.email) + "\"}", 200);
  sign_in(out);
  return out;
}

void Api::sign_in(Person& person, const std::string& slug) {
  const std::string tenant = slug.empty() ? "" : R"(,"tenant":")" + slug + "\"";
  const auto in =
      post(client(), "/api/v1/auth/sign-in",
           R"({"email":")" + person.email + R"(","password":")" + person.password + "\"" + tenant + "}", 200);
  person.access_token = in.text("access_token");
  person.refresh_token = in.text("refresh_token");
  person.device_token = in.text("device_token");
  person.id = std::string(in.json().at("user").at("id").as_string());
}

TenantOf Api::tenant(const std::string& name) {
  TenantOf out;
  out.owner = person("owner");
  const auto made = post(client().with_token(out.owner.access_token), "/api/v1/tenants",
                         R"({"name":")" + name + "\"}", 201);
  out.id = made.text("id");
  out.slug = made.text("slug");
  sign_in(out.owner, out.slug);
  return out;
}

Person Api::member(const TenantOf& tenant, const std::string& name, const std::string& role) {
  Person out = person(name);
  post(client().with_token(tenant.owner.access_token), "/api/v1/tenants/" + tenant.id + "/invites",
       R"({"email":")" + out.email + R"(","role":")" + role + "\"}", 201);
  post(client().with_token(out.access_token), "/api/v1/auth/invites/accept",
       R"({"token":")" + invite_token(out.email) + "\"}", 200);
  sign_in(out, tenant.slug);
  return out;
}

// --- without HTTP
// ----------------------------------------------------------------------------------------------------

Person Api::add_person(const std::string& name) {
  static std::atomic<int> count{0};
  static const std::string hash =
      crypto::PasswordHasher(*crypto::Peppers::parse(Secret(pepper("AUTH_PASSWORD_PEPPER"))))
          .hash(Secret(kPassword));
  static const std::string key = refresh_tokens().key_id();
  Person out;
  out.email = name + "+" + std::to_string(++count) + "@example.org";
  out.password = kPassword;
  out.id = Uuid::v7(Clock::system().now()).text();
  out.session = Uuid::v7(Clock::system().now()).text();
  sql("INSERT INTO users (id, email, display_name, email_verified_at) VALUES (" + literal(out.id) + "," +
      literal(out.email) + "," + literal(name) +
      ", now());"
      "INSERT INTO credentials (user_id, password_hash) VALUES (" +
      literal(out.id) + "," + literal(hash) +
      ");"
      "INSERT INTO families (id, user_id, salt, key_id, rotated_at, expires_at) VALUES (" +
      literal(out.session) + "," + literal(out.id) + ", decode('" + std::string(32, '5') + "', 'hex')," +
      literal(key) + ", now() - interval '1 hour', now() + interval '30 days')");
  out.refresh_token = refresh_token(out.session, 0);
  out.access_token = sign(claims(out));
  return out;
}

TenantOf Api::add_tenant(const std::string& name) {
  static std::atomic<int> count{0};
  TenantOf out;
  out.owner = add_person("owner");
  out.id = Uuid::v7(Clock::system().now()).text();
  out.slug = "tenant-" + std::to_string(++count);
  sql("INSERT INTO tenants (id, slug, name) VALUES (" + literal(out.id) + "," + literal(out.slug) + "," +
      literal(name) + "); INSERT INTO memberships (tenant_id, user_id, role) VALUES (" + literal(out.id) +
      "," + literal(out.owner.id) + ", 'owner')");
  out.owner.access_token = sign(claims(out.owner, out.id));
  return out;
}

Person Api::add_member(const TenantOf& tenant, const std::string& name, const std::string& role) {
  Person out = add_person(name);
  sql("INSERT INTO memberships (tenant_id, user_id, role) VALUES (" + literal(tenant.id) + "," +
      literal(out.id) + "," + literal(role) + ")");
  out.access_token = sign(claims(out, tenant.id));
  return out;
}

crypto::AccessClaims Api::claims(const Person& person, const std::string& tenant_id) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(Clock::system().now());
  crypto::AccessClaims out;
  out.issuer = "starter";
  out.audience = "starter-api";
  Uuid::from_text(person.id, out.subject);
  if (!person.session.empty()) Uuid::from_text(person.session, out.session);
  out.issued_at = out.not_before = now;
  out.expires_at = now + std::chrono::minutes(15);
  out.id = random_token(12);
  out.user_version = std::stoll(sql("SELECT token_version FROM users WHERE id = " + literal(person.id)));
  if (tenant_id.empty()) return out;
  const auto found = rows(
      "SELECT t.slug, m.role, m.version, t.token_version FROM memberships m JOIN tenants t "
      "ON t.id = m.tenant_id WHERE m.user_id = " +
      literal(person.id) + " AND t.id = " + literal(tenant_id));
  if (found.empty()) throw std::runtime_error("no member of that tenant");
  Uuid::from_text(tenant_id, out.tenant_id.emplace());
  out.tenant_slug = found[0][0];
  out.role = found[0][1];
  out.membership_version = std::stoll(found[0][2]);
  out.tenant_version = std::stoll(found[0][3]);
  return out;
}

std::string Api::sign(const crypto::AccessClaims& claims) const {
  const auto keyset = crypto::load_keyset_file(keyset_path());
  if (!keyset) throw std::runtime_error(keyset.error());
  return crypto::sign_access_token(claims, *keyset);
}

boost::json::object Api::token_order(const TenantOf& tenant, const std::string& scope) const {
  const auto now = Clock::system().now();
  return {{"purpose", "issue_service_account_token"},
          {"audience", "starter-api"},
          {"tenant", tenant.slug},
          {"account", "robot"},
          {"scopes", {scope}},
          {"ttl_minutes", 60},
          {"create", true},
          {"issued_by", "an operator of tests"},
          {"nonce", random_token(24)},
          {"issued_at", Timestamp{now}.text()},
          {"expires_at", Timestamp{now + std::chrono::minutes(2)}.text()}};
}

std::string Api::signed_order(const boost::json::object& order, const std::string& secret) const {
  const auto payload = boost::json::serialize(order);
  const auto key = crypto::hkdf_sha256(secret.empty() ? pepper("SERVICE_ACCOUNT_SIGNING_SECRET") : secret, "",
                                       "starter signed request v1", 32);
  const auto proof = crypto::base64url_encode(crypto::bytes_of(crypto::hmac_sha256(key.reveal(), payload)));
  return boost::json::serialize(boost::json::object{{"payload", payload}, {"proof", proof}});
}

boost::json::value Api::service_token(const boost::json::object& order) const {
  const auto issued = client().post("/api/v1/auth/service-account-tokens", signed_order(order));
  if (issued.status != 201) throw std::runtime_error("service token: " + issued.body);
  return issued.json();
}

std::string Api::refresh_token(const std::string& session, int64_t generation) const {
  Uuid family;
  Uuid::from_text(session, family);
  return refresh_tokens()
      .derive(family, generation, std::string(16, '\x55'), refresh_tokens().key_id())
      .value();
}

}  // namespace starter::test
