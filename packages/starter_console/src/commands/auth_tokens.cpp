// auth tokens issue-service-account: a token for a program, ordered with the deployment's signing secret.
#include <unistd.h>

#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/configuration.h"
#include "operate/keys.h"
#include "operate/provider_settings.h"
#include "operate/service_tokens.h"
#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/net/host.h"
#include "starter/service/settings_table.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;
using std::chrono::minutes;

namespace {

constexpr std::string_view kDocs = "docs/how-to/service-accounts.md";
constexpr std::size_t kMostOperator = 120;
constexpr minutes kLongestLife{366 * 24 * 60}, kLongestOverlap{30 * 24 * 60};

std::span<const settings::Setting> settings_here() {
  static const auto table = service::settings_of({"API_BASE_URL", "AUTH_AUDIENCE"});
  return table;
}

/// In the API's own words for names in addresses.
Outcome<std::string> slug_of(const Invocation& invocation, const std::string& flag) {
  Slug slug;
  if (const char* wrong = Slug::from_text(invocation.get(flag), slug))
    return invocation.bad_value(flag, wrong);
  return slug.value;
}

/// "90d", "12h", "45m", in whole minutes: as settings are written.
Outcome<minutes> time_of(const Invocation& invocation, const std::string& flag, std::string_view fallback,
                         minutes least, minutes most) {
  const settings::Setting setting{.name = "time", .type = settings::Type::duration};
  const auto text = invocation.get(flag, fallback);
  const settings::Source source{.environment = [&](std::string_view) { return std::optional(text); },
                                .env_file = {}};
  const auto read = settings::Settings::load(std::span(&setting, 1), source);
  if (!read) return invocation.bad_value(flag, "is not a time span such as 90d, 12h or 45m");
  const auto time = read->duration("time");
  if (time < least || time > most)
    return invocation.bad_value(flag, "must be from " + in_words(least) + " to " + in_words(most));
  return std::chrono::duration_cast<minutes>(time);
}

Outcome<std::vector<std::string>> scopes_of(const Invocation& invocation) {
  auto scopes = items_of(invocation.get("--scopes"));
  for (const auto& scope : scopes) {
    const auto colon = scope.find(':');
    if (colon == 0 || colon == scope.npos || colon + 1 == scope.size())
      return invocation.bad_value("--scopes", "must be scopes such as projects:read, separated by commas");
  }
  if (scopes.empty()) return invocation.bad_value("--scopes", "names no scope");
  return scopes;
}

Outcome<TokenOrder> order_of(const Invocation& invocation, const settings::Settings& values) {
  TokenOrder order{.audience = values.text("AUTH_AUDIENCE"),
                   .tenant = CHECKED(slug_of(invocation, "--tenant")),
                   .account = CHECKED(slug_of(invocation, "--account")),
                   .scopes = CHECKED(scopes_of(invocation)),
                   .ttl = CHECKED(time_of(invocation, "--ttl", "90d", minutes(1), kLongestLife)),
                   .overlap = std::nullopt,
                   .create = invocation.has("--create"),
                   .by = who_runs().substr(0, kMostOperator)};
  if (invocation.has("--overlap"))
    order.overlap = CHECKED(time_of(invocation, "--overlap", "", minutes(0), kLongestOverlap));
  return order;
}

/// Before the token exists: one that could not be written would be lost.
Outcome<> check_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (std::filesystem::is_directory(path, error)) return file_failure("write", path, EISDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return file_failure("write", path, errno);
  return {};
}

/// Nobody can show it again, so it is told how to end it.
Failure lost(const Invocation& invocation, const TokenOrder& order, const IssuedToken& issued,
             const Failure& why) {
  return after({"issued the token " + issued.id + " of " + order.account},
               {.code = "service_token.not_written",
                .what = "The token " + issued.id + " of " + order.account + " in " + order.tenant +
                        " was issued and could not be written.",
                .why = why.what + " " + why.why,
                .fix = "--overlap 0m   # once " + pasted(invocation.get("--file")) +
                       " can be written: revokes that one and the account's others, and issues another",
                .exit = why.exit,
                .docs = std::string(kDocs)});
}

std::vector<std::string> steps_of(const TokenOrder& order, const std::string& api, const std::string& file) {
  std::vector<std::string> steps;
  if (order.create)
    steps.push_back("make the service account " + order.account + " when " + order.tenant + " has none");
  steps.push_back("issue a token of " + order.account + " in " + order.tenant + " for " +
                  joined(order.scopes) + ", valid for " + in_words(order.ttl) + ", at " + api);
  if (order.overlap)
    steps.push_back(order.overlap->count() == 0
                        ? "revoke the other tokens of the account"
                        : "end the other tokens of the account in " + in_words(*order.overlap));
  if (!file.empty()) steps.push_back("write the token to " + file);
  return steps;
}

json::object reply_of(const TokenOrder& order, const std::string& file, const std::vector<std::string>& steps,
                      bool dry_run) {
  return {{"dry_run", dry_run},
          {"tenant", order.tenant},
          {"account", order.account},
          {"scopes", json_of(order.scopes)},
          {"plan", json_of(steps)},
          {"token", nullptr},
          {"file", file.empty() ? json::value(nullptr) : json::value(file)},
          {"id", nullptr},
          {"account_id", nullptr},
          {"expires_at", nullptr},
          {"rotated", 0}};
}

Outcome<Reply> issue(const Invocation& invocation, Terminal& terminal) {
  const auto values = CHECKED(read_settings(invocation, settings_here()));
  const auto order = CHECKED(order_of(invocation, values));
  auto api = invocation.get("--api", values.text("API_BASE_URL"));
  while (api.ends_with('/')) api.pop_back();
  const auto file = invocation.get("--file");
  if (!file.empty()) CHECKED(check_file(file));
  const auto steps = steps_of(order, api, file);
  const auto body = CHECKED(signed_order(invocation, order));
  auto data = reply_of(order, file, steps, invocation.dry_run());
  if (invocation.dry_run())
    return Reply{.data = std::move(data), .text = "Would " + joined(steps, "\nWould ")};
  if (!api.starts_with("https://") && !net::is_on_this_machine(api))
    terminal.say("The token travels unencrypted: " + api + " is not https.");
  if (!file.empty()) CHECKED(try_write(file));
  const auto issued = CHECKED(issue_token(api, body, CHECKED(invocation.timeout())));
  data["id"] = issued.id, data["account_id"] = issued.account_id, data["expires_at"] = issued.expires_at;
  data["rotated"] = issued.rotated;
  if (file.empty()) {
    data["token"] = issued.token;
    terminal.say("The token of " + order.account + " until " + issued.expires_at + ", shown this once:");
    return Reply{.data = std::move(data), .text = issued.token};
  }
  if (const auto written = write_file(file, issued.token + "\n"); !written)
    return lost(invocation, order, issued, written.error());
  return Reply{.data = std::move(data),
               .text = "Wrote " + file + ", which only you can read: the token of " + order.account +
                       " until " + issued.expires_at};
}

}  // namespace

std::vector<Command> auth_token_commands() {
  return {
      {.name = "auth tokens issue-service-account",
       .group = "Service accounts",
       .summary = "Issue or rotate the token of a service account",
       .details =
           "A service account is a program that works in one tenant. The order is signed with "
           "SERVICE_ACCOUNT_SIGNING_SECRET, else with the signing secret in the secret manager of "
           "SECRETS_PROVIDER; the API must use the same one. It works once and for two minutes. The token "
           "goes to stdout, or into a file that only you can read. x-scope in the API's /openapi.json "
           "names the scope of each address.",
       .flags = {{"--tenant", "NAME", "As it stands in the tenant's address", "", true},
                 {"--account", "NAME", "Of the service account", "", true},
                 {"--scopes", "LIST", "What the token may do, separated by commas", "", true},
                 {"--ttl", "TIME", "How long it works, such as 90d or 12h (90d)"},
                 {"--overlap", "TIME", "Rotate: end the account's other tokens after this"},
                 {"--create", "", "Make the account with these scopes when there is none"},
                 {"--file", "FILE", "Write the token there, mode 0600"},
                 {"--api", "URL", "Address of the API (API_BASE_URL)"},
                 env_file_flag()},
       .examples =
           {{"starter-console auth tokens issue-service-account --tenant acme --account nightly-export "
             "--scopes projects:read --create",
             "The first token of a new account."},
            {"starter-console auth tokens issue-service-account --tenant acme --account nightly-export "
             "--scopes projects:read --overlap 1h --file token",
             "Rotate it: the old one works for another hour."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"},
                 {"tenant", "string", "The tenant"},
                 {"account", "string", "The service account"},
                 {"scopes", "array", "What the token may do"},
                 {"plan", "array", "The steps"},
                 {"token", "string", "The token; null when it was written to a file"},
                 {"file", "string", "Where it was written; null without --file"},
                 {"id", "string", "Of the token, to revoke it by"},
                 {"account_id", "string", "Of the account"},
                 {"expires_at", "string", "When the token ends"},
                 {"rotated", "integer", "How many other tokens end"}},
       .exits = {Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .reaches = true,
       .run = issue},
  };
}

}  // namespace starter::console
