// users create-owner and grant-operator: the first people of a deployment.
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/api_binary.h"
#include "operate/configuration.h"
#include "operate/people.h"
#include "starter/crypto/one_time_token.h"
#include "starter/service/settings_table.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "packages/starter_console/reference/console.md";
constexpr std::string_view kGroup = "People";

std::span<const settings::Setting> operator_settings() {
  static const auto table = service::settings_of({"MIGRATE_DATABASE_URL"});
  return table;
}

std::span<const settings::Setting> owner_settings() {
  static const auto table =
      service::settings_of({"MIGRATE_DATABASE_URL", "APP_PUBLIC_URL", "AUTH_PASSWORD_RESET_TOKEN_PEPPER",
                            "AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER"});
  return table;
}

Outcome<Email> email_of(const Invocation& invocation) {
  Email email;
  if (const char* wrong = Email::from_text(invocation.get("--email"), email))
    return invocation.bad_value("--email", wrong);
  return email;
}

template <std::size_t Most>
Outcome<std::string> name_of(const Invocation& invocation, const std::string& flag,
                             const std::string& fallback) {
  if (!invocation.has(flag)) return fallback;
  Name<1, Most> name;
  if (const char* wrong = Name<1, Most>::from_text(invocation.get(flag), name))
    return invocation.bad_value(flag, wrong);
  return name.value;
}

// Words that are pages of the web application and so no tenant's address; the API alone knows them.
Outcome<std::vector<std::string>> words_taken(const Invocation& invocation) {
  return json::value_to<std::vector<std::string>>(CHECKED(describe_api(invocation)).at("reserved_slugs"));
}

Outcome<std::string> link_to(const settings::Settings& values, const OwnerMade& made) {
  if (made.link == LinkKind::none) return std::string();
  const bool invites = made.link == LinkKind::invite;
  const auto* setting = invites ? "AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER" : "AUTH_PASSWORD_RESET_TOKEN_PEPPER";
  const auto peppers = crypto::Peppers::parse(values.secret(setting));
  if (!peppers) {
    return Failure{.code = "settings.invalid",
                   .what = std::string(setting) + " can't be used.",
                   .why = std::string("It ") + peppers.error() + ".",
                   .fix = "--env-file FILE   # of the API: both must have the same value"};
  }
  auto address = values.text("APP_PUBLIC_URL");
  while (address.ends_with('/')) address.pop_back();
  const crypto::OneTimeTokens tokens(*peppers);
  return invites ? address + "/invite/" + tokens.derive(made.token, "invite")
                 : address + "/reset?token=" + tokens.derive(made.token, "reset");
}

json::array steps_json(const std::vector<std::string>& steps) {
  json::array all;
  for (const auto& step : steps) all.push_back(json::value(step));
  return all;
}

std::string steps_text(const std::vector<std::string>& steps, bool dry_run) {
  std::string text;
  for (const auto& step : steps) text += (dry_run ? "Would " : "Done: ") + step + "\n";
  return text.empty() ? "no change\n" : text;
}

Outcome<Reply> make_owner(const Invocation& invocation, Terminal& terminal) {
  const auto email = CHECKED(email_of(invocation));
  OwnerWish wish{
      .email = email,
      .name = CHECKED(name_of<80>(invocation, "--name", email.value.substr(0, email.value.find('@')))),
      .tenant = CHECKED(name_of<80>(invocation, "--tenant", "")),
      .taken = {},
      .hours = static_cast<int>(CHECKED(invocation.number("--hours", 24, 1, 168))),
      .by = who_runs()};
  const auto values = CHECKED(read_settings(invocation, owner_settings()));
  CHECKED(link_to(values, {.link = LinkKind::set_password}));  // before anything is written
  CHECKED(link_to(values, {.link = LinkKind::invite}));
  if (!wish.tenant.empty()) wish.taken = CHECKED(words_taken(invocation));
  auto database = CHECKED(Database::connect(values.secret("MIGRATE_DATABASE_URL"), "MIGRATE_DATABASE_URL",
                                            CHECKED(invocation.timeout())));
  auto made = CHECKED(create_owner(database, wish, invocation.dry_run()));
  if (invocation.dry_run()) made.link = LinkKind::none;
  const auto link = CHECKED(link_to(values, made));
  terminal.say(steps_text(made.steps, invocation.dry_run()) +
               (link.empty() ? "" : "Hand this link to " + email.value + " alone; it works once:"));
  return Reply{.data = {{"dry_run", invocation.dry_run()},
                        {"email", email.value},
                        {"tenant_slug", made.slug.empty() ? json::value(nullptr) : json::value(made.slug)},
                        {"plan", steps_json(made.steps)},
                        {"link", link.empty() ? json::value(nullptr) : json::value(link)}},
               .text = link,
               .changed = !made.steps.empty()};
}

Outcome<Reply> make_operator(const Invocation& invocation, Terminal&) {
  const auto email = CHECKED(email_of(invocation));
  const auto reason = CHECKED(name_of<200>(invocation, "--reason", ""));
  if (reason.size() < 5) return invocation.bad_value("--reason", "must say why, in a few words");
  const auto values = CHECKED(read_settings(invocation, operator_settings()));
  auto database = CHECKED(Database::connect(values.secret("MIGRATE_DATABASE_URL"), "MIGRATE_DATABASE_URL",
                                            CHECKED(invocation.timeout())));
  const auto steps = CHECKED(grant_operator(database, email, reason, who_runs(), invocation.dry_run()));
  return Reply{
      .data = {{"dry_run", invocation.dry_run()}, {"email", email.value}, {"plan", steps_json(steps)}},
      .text = steps_text(steps, invocation.dry_run()),
      .changed = !steps.empty()};
}

}  // namespace

std::vector<Command> users_commands() {
  return {
      {.name = "users create-owner",
       .group = kGroup,
       .summary = "Make the first owner, who opens a one-time link",
       .details =
           "The account has no password until its owner opens the link and chooses one. With --tenant "
           "the tenant is made too; without it the owner names one after the first sign-in. Called "
           "again before the link was used, it makes a fresh link. Somebody who has an account gets an "
           "invitation to the new tenant.",
       .flags = {{"--email", "ADDRESS", "Of the owner", "", true},
                 {"--name", "NAME", "Shown to others (the part before the @)"},
                 {"--tenant", "NAME", "Make this tenant as well"},
                 {"--hours", "N", "How long the link works (24)"},
                 env_file_flag()},
       .examples = {{"starter-console users create-owner --email ada@example.com --tenant Acme",
                     "An owner with a tenant; the link is on stdout."},
                    {"starter-console users create-owner --email ada@example.com --dry-run",
                     "Show what it would do."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"},
                 {"email", "string", "The account"},
                 {"tenant_slug", "string", "Address of the tenant; null without one"},
                 {"plan", "array", "The steps; empty when there was nothing to do"},
                 {"link", "string", "The one-time link; null when none is needed"}},
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found, Exit::conflict},
       .docs = kDocs,
       .writes = true,
       .reaches = true,
       .run = make_owner},
      {.name = "users grant-operator",
       .group = kGroup,
       .summary = "Make an account a platform operator",
       .details = "Operators may look after every tenant. The reason stands in the audit log.",
       .flags = {{"--email", "ADDRESS", "Of an account that exists", "", true},
                 {"--reason", "TEXT", "Why; kept in the audit log", "", true},
                 env_file_flag()},
       .examples = {{"starter-console users grant-operator --email ada@example.com --reason on-call",
                     "With its reason."},
                    {"starter-console users grant-operator --dry-run --email a@b.co --reason test",
                     "Show what it would do."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"},
                 {"email", "string", "The account"},
                 {"plan", "array", "The steps; empty when it was one already"}},
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .reaches = true,
       .run = make_operator},
  };
}

}  // namespace starter::console
