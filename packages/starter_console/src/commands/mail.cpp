// mail test: can this deployment send mail, and if not, why.
#include <unistd.h>

#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/configuration.h"
#include "operate/mail_probe.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;

namespace {

constexpr settings::Setting kSettings[] = {
    {.name = "SMTP_URL",
     .type = settings::Type::url,
     .allowed = "smtp smtps",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Mail server: smtp:// or smtps://, with user and password"},
    {.name = "MAIL_FROM",
     .type = settings::Type::mailbox,
     .required_when = settings::always,
     .meaning = "Sender of every mail"}};

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "localhost";
}

Failure bad_server(const std::string& why) {
  return {.code = "settings.invalid",
          .what = "SMTP_URL can't be used.",
          .why = "It " + why + ".",
          .fix = "starter-console contract show SMTP_URL   # write it as: smtp://user:password@host:587"};
}

Outcome<Reply> mail_test(const Invocation& invocation, Terminal& terminal) {
  MailProbe probe{.server = {}, .from = {}, .to = {}, .host = host_name()};
  if (const char* wrong = Email::from_text(invocation.get("--to"), probe.to)) {
    return Failure{.code = "usage.value",
                   .what = "\"" + invocation.get("--to") + "\" is no value of --to.",
                   .why = std::string("It ") + wrong + ".",
                   .fix = "starter-console mail test --to you@example.com",
                   .exit = Exit::usage};
  }
  const auto limit = CHECKED(invocation.timeout());
  const auto values = CHECKED(read_settings(invocation, kSettings));
  auto server = mail::SmtpUrl::parse(values.secret("SMTP_URL"));
  if (!server) return bad_server(server.error());
  probe.server = std::move(*server);
  probe.from = values.mailbox("MAIL_FROM");
  const auto address = probe.server.host + ":" + std::to_string(probe.server.port);
  json::object data{{"dry_run", invocation.dry_run()},
                    {"server", address},
                    {"from", probe.from.address.value},
                    {"to", probe.to.value},
                    {"sent", false}};
  const auto route = "from " + probe.from.address.value + " to " + probe.to.value + " through " + address;
  if (invocation.dry_run())
    return Reply{.data = std::move(data), .text = "Would send one mail " + route + "."};
  terminal.say("Sending one mail " + route + " ...");
  CHECKED(send_probe(probe, limit));
  data["sent"] = true;
  return Reply{.data = std::move(data),
               .text = address + " took the mail. Look for it in the inbox of " + probe.to.value + "."};
}

}  // namespace

std::vector<Command> mail_commands() {
  return {
      {.name = "mail test",
       .group = "Check",
       .summary = "Send a real mail, and explain why when it fails",
       .details = "Uses SMTP_URL and MAIL_FROM as the worker does: encrypted wherever the server can, and a "
                  "password never in the clear.",
       .flags = {{"--to", "ADDRESS", "Who gets it", "", true}, env_file_flag()},
       .examples = {{"starter-console mail test --to you@example.com", "One mail."},
                    {"starter-console mail test --to you@example.com --dry-run",
                     "Show server, sender and recipient."}},
       .reply = {{"dry_run", "boolean", "Nothing was sent"},
                 {"server", "string", "host:port"},
                 {"from", "string", "The sender"},
                 {"to", "string", "The recipient"},
                 {"sent", "boolean", "The server took responsibility"}},
       .exits = {Exit::auth, Exit::not_found},
       .docs = "packages/starter_console/reference/console.md",
       .writes = true,
       .reaches = true,
       .run = mail_test},
  };
}

}  // namespace starter::console
