// ./dev logs, open, mail: looking at what the stack does.
#include <algorithm>
#include <boost/json.hpp>
#include <thread>

#include "commands/groups.h"
#include "dev/logs.h"
#include "dev/mailbox.h"
#include "dev/stack.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/development.md";
constexpr std::string_view kGroup = "Every day";

Outcome<Reply> logs(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  auto names = log_names(workspace);
  if (const auto part = invocation.get("part"); !part.empty()) {
    if (std::ranges::find(names, part) == names.end()) {
      const auto near = nearest(part, names);
      return Failure{.code = "dev.no_log",
                     .what = "There is no log of \"" + part + "\".",
                     .why = names.empty() ? "Nothing has been started yet."
                                          : "There are:" +
                                                [&] {
                                                  std::string all;
                                                  for (auto& n : names) all += " " + n;
                                                  return all;
                                                }() +
                                                ".",
                     .fix = near.empty() ? "./dev logs" : "./dev logs " + near,
                     .exit = Exit::not_found};
    }
    names = {part};
  }
  if (invocation.has("--follow")) {
    watch_interrupts();
    follow_logs(workspace, names, [&](const std::string& part, const std::string& line) {
      if (terminal.json())
        terminal.event(json::object{{"part", part}, {"line", line}});
      else
        terminal.print(names.size() == 1 ? line : part + "  " + line);
      return true;
    });
    return Failure{interrupt_failure()};
  }
  const auto lines = static_cast<std::size_t>(CHECKED(invocation.number("--lines", 40, 1, 100000)));
  json::array all;
  std::string text;
  for (const auto& name : names) {
    const auto tail = tail_of(workspace.log(name), lines);
    if (names.size() > 1 && !tail.empty()) text += terminal.paint(Tone::bold, "== " + name) + "\n";
    if (!tail.empty()) text += tail + "\n";
    all.push_back({{"part", name}, {"text", tail}});
  }
  return Reply{.data = {{"logs", all}}, .text = text};
}

Outcome<Reply> open_address(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto part = invocation.get("part", "web");
  std::string address;
  for (const auto& facts : part_facts(workspace.ports())) {
    if (facts.name == part) address = facts.address;
  }
  const bool shown = !terminal.json() && terminal.settings().interactive && find_program("xdg-open") &&
                     std::getenv("DISPLAY") != nullptr;
  if (shown) CHECKED(start_process({.argv = {"xdg-open", address}, .folder = "/", .log = "/dev/null"}));
  return Reply{.data = {{"address", address}, {"opened", shown}}, .text = address};
}

Outcome<Reply> mail(const Invocation& invocation, Terminal&) {
  const auto workspace = CHECKED(Workspace::find());
  const auto mails = CHECKED(caught_mails(workspace.ports(), invocation.get("--to"), 1));
  if (mails.empty()) {
    return Failure{.code = "dev.no_mail",
                   .what = "There is no such mail.",
                   .why = "The catcher holds none" +
                          (invocation.has("--to") ? " to " + invocation.get("--to") : std::string()) + ".",
                   .fix = "./dev open mail",
                   .exit = Exit::not_found};
  }
  const auto& newest = mails.at(0).as_object();
  const auto text = [&](const char* name) {
    const auto* found = newest.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  if (!invocation.has("--link"))
    return Reply{.data = {{"message", newest}},
                 .text = "To: " + text("to") + "\nSubject: " + text("subject") + "\n\n" + text("text")};
  const auto* links = newest.if_contains("links");
  if (links == nullptr || !links->is_array() || links->get_array().empty()) {
    return Failure{.code = "dev.no_link",
                   .what = "The newest mail has no link.",
                   .why = "Its subject is \"" + text("subject") + "\".",
                   .fix = "./dev mail",
                   .exit = Exit::not_found};
  }
  const auto link = std::string(links->get_array().at(0).as_string());
  return Reply{.data = {{"message", newest}, {"link", link}}, .text = link};
}

Outcome<Reply> keep_logs(const Invocation&, Terminal&) {
  const auto workspace = CHECKED(Workspace::find());
  watch_interrupts();
  while (!interrupted()) {
    trim_logs(workspace);
    std::this_thread::sleep_for(2s);
  }
  return Reply{.data = {{"kept", true}}};
}

}  // namespace

std::vector<Command> dev_look_commands() {
  return {
      {.name = "dev logs",
       .group = kGroup,
       .summary = "Show or follow the logs",
       .details = "With --follow, --json prints one JSON object a line.",
       .arguments = {{.name = "part",
                      .summary = "One log, such as api, web, postgres, build",
                      .values = "parts"}},
       .flags = {{"-f,--follow", "", "Go on with what is written from now on"},
                 {"--lines", "N", "How many of each log (40)"}},
       .examples = {{"./dev logs api", "The end of the API's log."},
                    {"./dev logs -f", "Everything that is written from now on."}},
       .reply = {{"logs", "array", "part and text"}},
       .exits = {Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .run = logs},
      {.name = "dev open",
       .group = kGroup,
       .summary = "Open a part in the browser, or print its address",
       .arguments = {{.name = "part", .summary = "What to open (web)", .choices = "web|mail|api"}},
       .examples = {{"./dev open", "The web application."}, {"./dev open mail", "The mail catcher."}},
       .reply = {{"address", "string", "The URL"}, {"opened", "boolean", "A browser was started"}},
       .docs = kDocs,
       .run = open_address},
      {.name = "dev mail",
       .group = kGroup,
       .summary = "Show the newest mail that the stack sent",
       .flags = {{"--to", "A", "The newest one to this address"},
                 {"--link", "", "Print its first link alone"}},
       .examples = {{"./dev mail", "The newest mail."},
                    {"./dev mail --to ada@example.com --link", "The link to click."}},
       .reply = {{"message", "object", "id, to, subject, received_at, text, html, links"},
                 {"link", "string", "With --link"}},
       .exits = {Exit::not_found},
       .docs = kDocs,
       .run = mail},
      {.name = "dev keep-logs",
       .group = "",
       .summary = "Keep the logs of the stack inside their bound",
       .details = "`./dev up` starts it in the background.",
       .examples = {{"./dev keep-logs", "Until it is interrupted."}, {"./dev logs", "What it keeps."}},
       .reply = {{"kept", "boolean", "It ended when it was told to"}},
       .docs = kDocs,
       .run = keep_logs},
  };
}

}  // namespace starter::console
