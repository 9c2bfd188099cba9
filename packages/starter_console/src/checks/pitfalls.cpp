// What is well-formed and refused by nobody, and still doesn't work or isn't safe: found by looking at
// several values together, or at a value and the place where it goes.
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url.hpp>
#include <charconv>

#include "checks/examination.h"
#include "starter/core/text.h"
#include "starter/net/host.h"
#include "starter/providers/registry.h"

namespace starter::console::checks {

namespace {

struct Address {
  bool good = false;
  std::string scheme, user, host, port, path;
  bool password = false;
  std::map<std::string, std::string> options{};
};

Address address_of(std::string_view text) {
  const auto single = net::with_first_host(text);
  const auto url = boost::urls::parse_uri(single);
  if (!url) return {};
  Address one{.good = true,
              .scheme = std::string(url->scheme()),
              .user = std::string(url->user()),
              .host = std::string(url->encoded_host()),
              .port = std::string(url->port()),
              .path = std::string(url->path()),
              .password = !url->password().empty()};
  for (const auto& option : url->params()) one.options[option.key] = option.value;
  return one;
}

std::string origin_of(const Address& one) {
  const bool usual = one.port.empty() || (one.scheme == "https" && one.port == "443") ||
                     (one.scheme == "http" && one.port == "80");
  return one.scheme + "://" + one.host + (usual ? "" : ":" + one.port);
}

bool is_true(std::string_view text) {
  return text == "true" || text == "1" || text == "yes" || text == "on";
}

long number_of(std::string_view text, long otherwise) {
  long number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

enum class Network { one_or_some, everybody, none };

Network network_of(const std::string& text) {
  namespace ip = boost::asio::ip;
  boost::system::error_code error;
  if (ip::make_address(text, error); !error) return Network::one_or_some;
  const auto v4 = ip::make_network_v4(text, error);
  if (!error) return v4.prefix_length() == 0 ? Network::everybody : Network::one_or_some;
  const auto v6 = ip::make_network_v6(text, error);
  if (!error) return v6.prefix_length() == 0 ? Network::everybody : Network::one_or_some;
  return Network::none;
}

std::string region_of_arn(std::string_view arn) {
  for (int part = 0; part < 3; ++part) {
    const auto colon = arn.find(':');
    if (colon == arn.npos) return "";
    arn.remove_prefix(colon + 1);
  }
  return std::string(arn.substr(0, arn.find(':')));
}

// The longest name that a blueprint makes of project and environment, and how long it may be there.
struct Limit {
  std::string_view target, suffix, what;
  std::size_t most;
};
constexpr Limit kLimits[] = {{"aws", "-worker", "load balancers and target groups", 32},
                             {"azure", "-worker", "container apps", 32},
                             {"gcp", "-worker", "service accounts", 30},
                             {"kubernetes", "-migrate", "Jobs and their labels", 63}};

constexpr const char* kUrls[] = {"DATABASE_URL", "WORKER_DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL",
                                 "SMTP_URL"};

}  // namespace

// --- addresses

void Examination::check_addresses() {
  const auto page = address_of(api("APP_PUBLIC_URL"));
  if (page.good) {
    if (!page.user.empty() || page.password)
      report("address.login", "APP_PUBLIC_URL", "APP_PUBLIC_URL holds a user or a password.");
    else if (page.path.size() > 1 || !page.options.empty())
      report("address.path", "APP_PUBLIC_URL", "APP_PUBLIC_URL has a path or a query.");
  }
  // The web server asks the API there: in containers its own loopback, or its own address, is nobody's.
  const auto base = address_of(web("API_BASE_URL"));
  if (!base.good || !page.good || !is_given("API_BASE_URL")) return;
  if (origin_of(base) == origin_of(page))
    report("address.same", "API_BASE_URL", "API_BASE_URL is the address of the web application itself.");
  else if (is_hosted() && net::is_on_this_machine(web("API_BASE_URL")) && whole_)
    report("address.loopback", "API_BASE_URL",
           "API_BASE_URL is this machine, which in a container is the container.");
}

void Examination::check_hosts_and_origins() {
  if (is_given("ALLOWED_HOSTS")) {
    const auto hosts = items_of(api("ALLOWED_HOSTS"));
    const auto odd = std::ranges::find_if(hosts, [](const auto& one) {
      return one.find('/') != one.npos || (one.find(':') != one.npos && !one.starts_with('['));
    });
    const auto base = net::host_of(web("API_BASE_URL"));
    if (odd != hosts.end())
      report("hosts.form", "ALLOWED_HOSTS", "ALLOWED_HOSTS has an item with a scheme, a port or a path.");
    else if (is_given("API_BASE_URL") && !contains(hosts, base) && !contains(hosts, "*"))
      report("hosts.missing", "ALLOWED_HOSTS", "ALLOWED_HOSTS lacks the host of API_BASE_URL.");
  }
  if (!is_given("ALLOWED_ORIGINS")) return;
  const auto origins = items_of(api("ALLOWED_ORIGINS"));
  for (const auto& one : origins) {
    const auto address = address_of(one);
    if (one != "*" && (!address.good || !address.path.empty() || !address.options.empty()))
      return report("origins.form", "ALLOWED_ORIGINS",
                    "ALLOWED_ORIGINS has an item that is no origin: no browser sends it so.");
  }
  const auto own = origin_of(address_of(api("APP_PUBLIC_URL")));
  if (!contains(origins, own) && !contains(origins, "*"))
    report("origins.missing", "ALLOWED_ORIGINS", "ALLOWED_ORIGINS lacks the origin of APP_PUBLIC_URL.");
}

void Examination::check_proxies() {
  if (!said_.api && !said_.answers.contains("TRUSTED_PROXIES")) return;
  for (const auto& one : items_of(api("TRUSTED_PROXIES"))) {
    const auto network = network_of(one);
    if (network == Network::none)
      report("proxies.form", "TRUSTED_PROXIES",
             "TRUSTED_PROXIES has an item that is neither an address nor a network.");
    else if (network == Network::everybody)
      report("proxies.everybody", "TRUSTED_PROXIES", "TRUSTED_PROXIES believes everybody.");
  }
}

// Both read these, and must read the same.
void Examination::check_two_services() {
  if (!said_.api || !said_.web) return;
  const std::pair<const char*, const char*> shared[] = {{"WEB_TIER_SECRET", "services.web_tier_secret"},
                                                        {"APP_PUBLIC_URL", "services.public_url"},
                                                        {"ENVIRONMENT", "services.environment"}};
  for (const auto& [name, id] : shared) {
    const auto one = api_.find(name), other = web_.find(name);
    if (one == api_.end() || other == web_.end()) continue;
    const auto mine = items_of(one->second);
    const bool share =
        std::ranges::any_of(items_of(other->second), [&](const auto& item) { return contains(mine, item); });
    if (!share)
      report(id, name, std::string(name) + " differs between the API and the web application.",
             std::string(name) + " in both files");
  }
}

// --- secrets

// A password with @ or / in it: found before it is called no URL at all.
void Examination::check_encoding() {
  for (const auto* name : kUrls) {
    const auto text = api(name);
    const auto scheme = text.find("://");
    const bool meant = scheme != text.npos && scheme > 0 && scheme + 3 < text.size();
    if (meant && is_given(name) && !is_elsewhere(name) && !address_of(text).good)
      report("value.encoding", name,
             std::string(name) +
                 " holds a character that a URL must write as %XX, most likely in its password.");
  }
}

void Examination::check_secrets() {
  std::map<std::string, std::string> by_value;
  for (const auto& variable : contract_.variables) {
    if (variable.generated == 0) continue;
    const auto text = api(variable.name);
    for (const auto& one : items_of(text)) {
      const auto [other, added] = by_value.emplace(one, variable.name);
      if (!added && other->second != variable.name)
        report("secret.reused", variable.name, variable.name + " is the same as " + other->second + ".");
      const std::set<char> characters(one.begin(), one.end());
      if (one.size() >= 32 && characters.size() < 8)
        report("secret.weak", variable.name, variable.name + " repeats a few characters.",
               std::to_string(characters.size()) + " different characters");
    }
  }
  for (const auto& [name, answer] : interview_.answers()) {
    const auto& text = answer.value;
    if (text.size() < 2) continue;
    const bool quoted =
        (text.front() == '"' && text.back() == '"') || (text.front() == '\'' && text.back() == '\'');
    if (quoted)
      report("value.quotes", name, name + " keeps its quotes as part of the value.");
    else if (text.front() == ' ' || text.back() == ' ' || text.back() == '\n')
      report("value.blanks", name, name + " begins or ends with a blank.");
  }
}

// --- stores

void Examination::check_database() {
  for (const auto* name : {"DATABASE_URL", "WORKER_DATABASE_URL", "MIGRATE_DATABASE_URL"}) {
    if (!is_given(name) || is_elsewhere(name)) continue;
    const auto one = address_of(api(name));
    if (!one.good) continue;
    if (net::is_on_this_machine(api(name))) {
      if (is_hosted() && whole_)
        report("database.loopback", name,
               std::string(name) + " is this machine, which in a container is the container.");
      continue;
    }
    const auto mode = one.options.contains("sslmode") ? one.options.at("sslmode") : "";
    if (!is_hosted()) continue;
    if (mode.empty() || mode == "disable" || mode == "allow" || mode == "prefer")
      report("database.plain", name, std::string(name) + " does not insist on TLS.",
             place_of(name) + (mode.empty() ? ", sslmode not set" : ", another sslmode"));
    else if (mode == "require")
      report("database.unverified", name, std::string(name) + " uses TLS and doesn't look who answers.",
             place_of(name) + ", sslmode require");
  }
  const auto app = address_of(api("DATABASE_URL"));
  for (const auto* name : {"MIGRATE_DATABASE_URL", "WORKER_DATABASE_URL"}) {
    const auto other = address_of(api(name));
    if (!is_given(name) || !is_given("DATABASE_URL") || !app.good || !other.good) continue;
    if (std::string_view(name).starts_with("MIGRATE") && app.user == other.user && !app.user.empty())
      report("database.owner", name, "The API logs in as the owner of the schema.");
    else if (app.path != other.path || (app.host != other.host && whole_))
      report("database.another", name, std::string(name) + " is another database than DATABASE_URL.");
  }
}

void Examination::check_redis() {
  if (!is_given("REDIS_URL") || is_elsewhere("REDIS_URL")) return;
  const auto one = address_of(api("REDIS_URL"));
  if (!one.good || !is_hosted()) return;
  if (net::is_on_this_machine(api("REDIS_URL"))) {
    if (whole_)
      report("redis.loopback", "REDIS_URL",
             "REDIS_URL is this machine, which in a container is the container.");
    return;
  }
  if (!one.password && api("REDIS_AUTH_MODE") == "password")
    report("redis.password", "REDIS_URL", "REDIS_URL has no password.");
  else if (one.host.ends_with(".redis.azure.net") && one.port != "10000")
    report("redis.azure_port", "REDIS_URL", "Azure Managed Redis answers on port 10000.");
  else if (one.host.ends_with(".cache.windows.net") && one.scheme == "rediss" && one.port != "6380")
    report("redis.azure_port", "REDIS_URL", "Azure Cache for Redis speaks TLS on port 6380.");
}

void Examination::check_mail() {
  if (!is_hosted()) return;
  Mailbox from;
  if (!said_.api && !is_given("MAIL_FROM")) return;
  if (Mailbox::from_text(api("MAIL_FROM"), from)) return;  // what is none was reported with its type
  const auto domain = from.address.value.substr(from.address.value.find('@') + 1);
  for (const auto* reserved : {".localhost", ".test", ".invalid", ".local"})
    if (("." + domain).ends_with(reserved))
      return report("mail.sender", "MAIL_FROM",
                    "MAIL_FROM is in a domain that no mail server takes mail from.",
                    "a name that ends with " + std::string(reserved));
}

// --- keys

// The other cloud may be the only one that this release has a client for.
std::string Examination::instead_of(const contracts::Provider& other) const {
  for (const auto& own : contract_.secret_managers)
    if (own.cloud == interview_.target()->name && providers::has_client(own.name))
      return "AUTH_KEY_STORAGE_PROVIDER=" + own.name + ", the secret manager of the same cloud";
  return "carry a key of " + other.title + " along: this release has no client for the secret manager of " +
         interview_.target()->title;
}

void Examination::check_keys() {
  const auto provider_name = api("AUTH_KEY_STORAGE_PROVIDER");
  const auto name = api("AUTH_KEY_SECRET_NAME");
  for (const auto& provider : contract_.secret_managers) {
    const bool ours = provider.name == provider_name || contains(provider.aliases, provider_name);
    if (ours && is_given("AUTH_KEY_SECRET_NAME") && provider.keyset_pattern &&
        !provider.keyset_pattern->matches(name))
      report("keys.name_form", "AUTH_KEY_SECRET_NAME",
             "AUTH_KEY_SECRET_NAME is no " + provider.keyset_means + ".", "",
             "write it like " + provider.keyset_example);
    if (ours && whole_ && interview_.target() != nullptr && !provider.cloud.empty() &&
        interview_.target()->kind == "terraform" && provider.cloud != interview_.target()->name)
      report("keys.other_cloud", "AUTH_KEY_STORAGE_PROVIDER",
             provider.title + " is another cloud's than " + interview_.target()->title + ".", "",
             instead_of(provider));
  }
  if (provider_name == "vault_dev" && is_hosted() && api("AUTH_KEY_STORAGE_BACKEND") == "secret-manager")
    report("keys.development", "AUTH_KEY_STORAGE_PROVIDER",
           "Vault in development mode forgets the signing keys when it stops.");
  if (whole_ && interview_.target() != nullptr && interview_.target()->kind != "compose" &&
      is_true(api("AUTH_KEY_STORAGE_FILE_ALLOWED")))
    report("keys.file_on_cloud", "AUTH_KEY_STORAGE_FILE_ALLOWED",
           "AUTH_KEY_STORAGE_FILE_ALLOWED is on where containers have no disk of their own.");
  for (const auto* arn : {"AUTH_KEY_SECRET_NAME", "AWS_SM_SIGNING_SECRET_ARN"}) {
    const auto region = region_of_arn(api(arn));
    if (api(arn).starts_with("arn:") && is_given("AWS_REGION") && region != api("AWS_REGION"))
      report("aws.region", arn, std::string(arn) + " is in another region than AWS_REGION.");
  }
  if (api("AWS_ACCESS_KEY_ID").starts_with("ASIA") && !is_given("AWS_SESSION_TOKEN"))
    report("aws.session_token", "AWS_ACCESS_KEY_ID",
           "A temporary key of AWS is useless without AWS_SESSION_TOKEN.");
  for (const auto* address : {"VAULT_ADDR", "INFISICAL_BASE_URL", "MINIO_ENDPOINT", "S3_ENDPOINT_URL"})
    if (is_given(address) && is_hosted() && api(address).starts_with("http://") &&
        !net::is_on_this_machine(api(address)))
      report("provider.plain_http", address, std::string(address) + " is plain http to another machine.");
}

// --- roles and platforms

void Examination::check_worker() {
  const auto flag = [&](const char* role, const char* name) {
    const auto& answers = interview_.answers();
    const auto own = answers.find(std::string(role) + "_env." + name);
    return own == answers.end() ? std::string() : own->second.value;
  };
  for (const auto* name : {"ENABLE_BILLING_RETRY_WORKER", "ENABLE_BILLING_STREAM_REPLAY"}) {
    const auto of_api = api_.contains(name) ? api_.at(name) : flag("api", name);
    const auto mode = api_.contains("BILLING_RETRY_DEPLOYMENT_MODE")
                          ? api_.at("BILLING_RETRY_DEPLOYMENT_MODE")
                          : flag("api", "BILLING_RETRY_DEPLOYMENT_MODE");
    const bool worker = input("enable_worker_service") == "true" || mode == "dedicated";
    if (is_true(of_api) && worker)
      report("worker.two", name, std::string(name) + " is on for the API although there is a worker.");
    const bool alone = whole_ && interview_.target() != nullptr && input("enable_worker_service") == "false";
    if (alone && !of_api.empty() && !is_true(of_api))
      report("worker.none", name, std::string(name) + " is off for the API, and there is no worker.");
  }
  if (is_given("PORT") && is_given("METRICS_PORT") && api("PORT") == api("METRICS_PORT") &&
      api("PORT") != "0")
    report("ports.same", "METRICS_PORT", "PORT and METRICS_PORT are the same.");
}

void Examination::check_platform() {
  const auto* const target = whole_ ? interview_.target() : nullptr;
  if (target == nullptr) return;
  for (const auto& role : contract_.roles) {
    const auto map = role.name + "_env";
    for (const auto& [name, value] : interview_.entries(map)) {
      const auto* const variable = contract_.variable(name);
      const auto place = name + " in " + map;
      if (contains(target->reserved, name)) {
        report("platform.reserved", map + "." + name,
               target->title + " sets " + name + " itself and refuses a deployment that names it.", place);
        continue;
      }
      if (variable == nullptr || variable->secret) continue;
      const auto& delivery = variable->targets.at(target->name);
      if (!delivery.omitted.empty())
        report("platform.left_out", map + "." + name,
               name + " is left out on " + target->title + ": " + delivery.omitted + ".", place);
      const bool listens = name == "HOST" || (name == "HOSTNAME" && role.name == "web");
      if (listens && net::is_this_machine(value))
        report("platform.listens_inside", map + "." + name,
               "A server that listens on " + name + " is reached by no probe.", place);
      if (name == "LOGGING_SINKS" && contains(items_of(value), "file"))
        report("platform.log_file", map + "." + name,
               "Containers have a read-only file system, and " + name + " names a file.", place);
      if (name == "DRAIN_SECONDS" && number_of(value, 0) >= role.drain_seconds)
        report("platform.drain", map + "." + name,
               "The platform kills a container before DRAIN_SECONDS are over.",
               place + ", " + std::to_string(role.drain_seconds) + " seconds until then");
    }
  }
}

void Examination::check_names() {
  const auto* const target = whole_ ? interview_.target() : nullptr;
  if (target == nullptr) return;
  const auto name = input("project_name") + "-" + input("environment");
  for (const auto& limit : kLimits)
    if (limit.target == target->name && name.size() + limit.suffix.size() > limit.most)
      report("name.too_long", "project_name",
             "Names of " + std::string(limit.what) + " would be longer than " + target->title + " allows.",
             std::to_string(name.size() + limit.suffix.size()) + " of " + std::to_string(limit.most) +
                 " characters");
  const auto bucket = input("storage_bucket_name");
  if (bucket.empty()) return;
  const auto provider = input("storage_provider");
  if (provider == "s3" && bucket.find('.') != bucket.npos)
    report("bucket.dots", "storage_bucket_name",
           "A bucket of S3 with dots in its name has no valid certificate.");
  if (provider == "azure_blob" && (bucket.find('.') != bucket.npos || bucket.find("--") != bucket.npos))
    report("bucket.azure", "storage_bucket_name",
           "A container of Azure Blob has neither dots nor two dashes in a row.");
  if (provider == "gcs" && (bucket.starts_with("goog") || bucket.find("google") != bucket.npos))
    report("bucket.google", "storage_bucket_name", "Google refuses buckets with its own name in theirs.");
  if (provider == "s3" &&
      (bucket.starts_with("xn--") || bucket.starts_with("sthree-") || bucket.ends_with("-s3alias")))
    report("bucket.aws", "storage_bucket_name", "AWS reserves the beginning or the end of this name.");
}

void Examination::check_sizes() {
  if (!whole_ || interview_.target() == nullptr) return;
  for (const auto* role : {"api", "web"}) {
    const auto least = std::string(role) + "_min_replicas", most = std::string(role) + "_max_replicas";
    if (number_of(input(least), 1) > number_of(input(most), 1))
      report("size.order", most, most + " is less than " + least + ".");
  }
  if (!input("api_image").empty() && input("api_image") == input("web_image"))
    report("image.same", "web_image", "api_image and web_image are the same image.");
  if (!input("registry_server").empty() && input("api_image").find('/') != std::string::npos &&
      !input("api_image").starts_with(input("registry_server") + "/"))
    report("image.registry", "registry_server",
           "api_image is not in registry_server, whose log-in is given.");
}

// --- habits of an operator that cost later

void Examination::check_habits() {
  if (!is_hosted()) return;
  if (number_of(api("ACCESS_TOKEN_EXPIRE_MINUTES"), 15) >=
      number_of(api("AUTH_REFRESH_TOKEN_TTL_MINUTES"), 43200))
    report("session.order", "AUTH_REFRESH_TOKEN_TTL_MINUTES",
           "A session ends before its first access token does.");
  if (said_.profile == "demo") return;
  if (api("LOG_LEVEL") == "DEBUG" && is_given("LOG_LEVEL"))
    report("log.debug", "LOG_LEVEL", "LOG_LEVEL is DEBUG in a hosted environment.");
  if (number_of(api("RATE_LIMIT_FACTOR"), 1) >= 1000)
    report("limits.off", "RATE_LIMIT_FACTOR", "RATE_LIMIT_FACTOR is so large that nothing is limited.");
  if (api("ENVIRONMENT") == "development" && is_given("ENVIRONMENT"))
    report("environment.label", "ENVIRONMENT",
           "ENVIRONMENT says development, and people reach it from elsewhere.");
}

}  // namespace starter::console::checks
