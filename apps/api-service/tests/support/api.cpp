#include "support/api.h"

#include <libpq-fe.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "starter/crypto/one_time_token.h"

namespace starter::test {
namespace {

constexpr const char* kPassword = "correct horse battery staple";

std::string pepper(const std::string& name) {
  return name + "-0123456789abcdef0123456789abcdef";
}

crypto::OneTimeTokens tokens(const std::string& name) {
  return crypto::OneTimeTokens(*crypto::Peppers::parse(Secret(pepper(name))));
}

std::string query(const std::string& url, const std::string& statement) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, statement.c_str());
  std::string value;
  const auto status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) value = PQgetvalue(result, 0, 0);
  const std::string error =
      status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ? "" : PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (!error.empty()) throw std::runtime_error(error);
  return value;
}

std::string name_of(const std::string& url) {
  return url.substr(url.rfind('/') + 1);
}

}  // namespace

std::map<std::string, std::string> service_environment(const std::string& database) {
  auto& postgres = shared_postgres();
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
          {"REDIS_URL", shared_redis().url()},
          {"SIGNUP_ACCESS_POLICY", "public"},
          {"DRAIN_SECONDS", "5"},
          {"AUTH_PASSWORD_PEPPER", pepper("AUTH_PASSWORD_PEPPER")},
          {"AUTH_REFRESH_TOKEN_PEPPER", pepper("AUTH_REFRESH_TOKEN_PEPPER")},
          {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", pepper("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER")},
          {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", pepper("AUTH_PASSWORD_RESET_TOKEN_PEPPER")},
          {"SECRET_KEY", pepper("SECRET_KEY-" + database)}};
}

Api::Api(size_t replicas, std::map<std::string, std::string> overrides) : processes_(replicas) {
  auto& postgres = shared_postgres();
  database_ = name_of(postgres.create_database());
  const std::string owner = database_ + "_owner";
  query(postgres.url(), "CREATE ROLE " + owner + " LOGIN CREATEROLE PASSWORD 'password-of-tests'");
  query(postgres.url(), "ALTER DATABASE " + database_ + " OWNER TO " + owner);
  // The groups are the cluster's; every owner of a test database must be able to use them.
  static const bool groups = [&] {
    for (const char* group :
         {"starter_owner", "starter_app", "starter_worker", "starter_entry", "starter_backup"}) {
      query(postgres.url(), std::string("CREATE ROLE ") + group + " NOLOGIN");
    }
    return true;
  }();
  static_cast<void>(groups);
  query(postgres.url(),
        "GRANT starter_owner, starter_entry, starter_app, starter_worker TO " + owner + " WITH ADMIN OPTION");
  environment_ = service_environment(database_);
  environment_["AUTH_KEY_STORAGE_PATH"] = (folder_.path() / "keyset.json").string();
  for (auto& [name, value] : overrides) environment_[name] = value;
  const auto log = folder_.path() / "migrate.log";
  if (run({.arguments = {STARTER_API, "migrate"}, .environment = environment_, .log = log}) != 0) {
    std::ifstream file(log);
    std::stringstream text;
    text << file.rdbuf();
    throw std::runtime_error("migrate failed: " + text.str());
  }
  for (size_t i = 0; i < replicas; ++i) ports_.push_back(free_port());
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
  environment["METRICS_PORT"] = std::to_string(free_port());
  processes_[replica] = Process({.arguments = {STARTER_API, "serve"},
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

std::string Api::log(size_t replica) const {
  std::ifstream file(folder_.path() / ("api-" + std::to_string(replica) + ".log"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Api::sql(const std::string& statement) const {
  return query(shared_postgres().url(database_), statement);
}

std::string Api::url(const std::string& role) const {
  return shared_postgres().url_as(database_ + "_" + role, "password-of-tests", database_);
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

Person Api::person(const std::string& name) {
  static std::atomic<int> count{0};
  Person out;
  out.email = name + "-" + std::to_string(++count) + "@example.com";
  out.password = kPassword;
  const auto signed_up =
      client().post("/api/v1/auth/sign-up", R"({"email":")" + out.email + R"(","password":")" + out.password +
                                                R"(","display_name":")" + name + "\"}");
  if (signed_up.status != 202) throw std::runtime_error("sign-up: " + signed_up.body);
  const auto verified =
      client().post("/api/v1/auth/verify", R"({"token":")" + verification_token(out.email) + "\"}");
  if (verified.status != 200) throw std::runtime_error("verify: " + verified.body);
  sign_in(out);
  return out;
}

void Api::sign_in(Person& person, const std::string& slug) {
  const std::string tenant = slug.empty() ? "" : R"(,"tenant":")" + slug + "\"";
  const auto in = client().post("/api/v1/auth/sign-in", R"({"email":")" + person.email + R"(","password":")" +
                                                            person.password + "\"" + tenant + "}");
  if (in.status != 200) throw std::runtime_error("sign-in: " + in.body);
  person.access_token = in.text("access_token");
  person.refresh_token = in.text("refresh_token");
  person.device_token = in.text("device_token");
  person.id = std::string(in.json().at("user").at("id").as_string());
}

TenantOf Api::tenant(const std::string& name) {
  TenantOf out;
  out.owner = person("owner");
  const auto made =
      client().with_token(out.owner.access_token).post("/api/v1/tenants", R"({"name":")" + name + "\"}");
  if (made.status != 201) throw std::runtime_error("create tenant: " + made.body);
  out.id = made.text("id");
  out.slug = made.text("slug");
  sign_in(out.owner, out.slug);
  return out;
}

Person Api::member(const TenantOf& tenant, const std::string& name, const std::string& role) {
  Person out = person(name);
  const auto invited = client()
                           .with_token(tenant.owner.access_token)
                           .post("/api/v1/tenants/" + tenant.id + "/invites",
                                 R"({"email":")" + out.email + R"(","role":")" + role + "\"}");
  if (invited.status != 201) throw std::runtime_error("invite: " + invited.body);
  const auto joined =
      client()
          .with_token(out.access_token)
          .post("/api/v1/auth/invites/accept", R"({"token":")" + invite_token(out.email) + "\"}");
  if (joined.status != 200) throw std::runtime_error("accept: " + joined.body);
  sign_in(out, tenant.slug);
  return out;
}

}  // namespace starter::test
