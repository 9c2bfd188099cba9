// auth keys generate, rotate, status and auth jwks print: the keys that sign access tokens.
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/configuration.h"
#include "operate/keys.h"
#include "starter/core/types.h"
#include "system/lock.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;
using std::chrono::seconds;

namespace {

constexpr std::string_view kDocs = "packages/starter_console/reference/console.md";
constexpr std::string_view kGroup = "Signing keys";

WallTime now() {
  return Clock::system().now();
}

Outcome<FileLock> lock_keys(const Invocation& invocation, const KeyStorage& storage) {
  return FileLock::take(storage.lock(), "Another command changes the signing keys.",
                        CHECKED(invocation.lock_patience()));
}

seconds since(WallTime from, WallTime to) {
  return std::chrono::duration_cast<seconds>(to - from);
}

json::value time_json(std::optional<WallTime> at) {
  return at ? json::value(Timestamp{*at}.text()) : json::value(nullptr);
}

json::object keys_json(const KeyPlan& plan, const crypto::Keyset& keyset) {
  const auto at = now();
  json::array retired;
  for (const auto& key : keyset.retired()) {
    retired.push_back({{"kid", key.kid},
                       {"created_at", time_json(key.created_at)},
                       {"verifies_until", time_json(key.retire_after)}});
  }
  json::value next = nullptr;
  if (keyset.next()) {
    next = {{"kid", keyset.next()->kid},
            {"created_at", time_json(keyset.next()->created_at)},
            {"promote_after", time_json(keyset.next()->promote_after)}};
  }
  return {{"storage", plan.provider.empty() ? "file" : plan.provider},
          {"path", plan.secret},
          {"active",
           {{"kid", keyset.active().kid},
            {"created_at", time_json(keyset.active().created_at)},
            {"age_seconds", since(keyset.active().created_at, at).count()}}},
          {"next", next},
          {"retired", retired},
          {"step", name_of(next_step(keyset, at))}};
}

std::string what_comes(const crypto::Keyset& keyset) {
  switch (next_step(keyset, now())) {
    case Step::publish:
      return "Next: starter-console auth keys rotate   # publishes a key, which signs after the second call";
    case Step::wait:
      return "Next: in " + in_words(since(now(), *keyset.next()->promote_after)) +
             ", when every verifier knows the new key: starter-console auth keys rotate";
    case Step::promote:
      return "Next: starter-console auth keys rotate   # the published key signs from then on";
  }
  return "";
}

std::string keys_text(const crypto::Keyset& keyset) {
  const auto at = now();
  std::string text =
      "active   " + keyset.active().kid + "  for " + in_words(since(keyset.active().created_at, at)) + "\n";
  if (keyset.next()) {
    text += "next     " + keyset.next()->kid + "  published " +
            in_words(since(keyset.next()->created_at, at)) + " ago\n";
  }
  for (const auto& key : keyset.retired()) {
    const bool over = *key.retire_after < at;
    text += "retired  " + key.kid +
            (over ? "  no longer verifies" : "  verifies for " + in_words(since(at, *key.retire_after))) +
            "\n";
  }
  return text + what_comes(keyset);
}

Outcome<Reply> generate(const Invocation& invocation, Terminal&) {
  const auto plan = CHECKED(key_plan(invocation));
  auto storage = CHECKED(KeyStorage::open(invocation, plan));
  const json::array steps{json::value("write a keyset with one Ed25519 key to " + storage.place())};
  // Another one would end every session: the tokens of this one could not be verified any more.
  auto present = CHECKED(storage.find());
  if (!present && invocation.dry_run()) {
    return Reply{.data = {{"dry_run", true},
                          {"plan", steps},
                          {"storage", plan.provider.empty() ? "file" : plan.provider},
                          {"path", plan.secret}},
                 .text = "Would " + std::string(steps[0].as_string()) + "."};
  }
  std::optional<FileLock> lock;
  if (!present) {
    lock.emplace(CHECKED(lock_keys(invocation, storage)));
    present = CHECKED(storage.find());  // who held the lock may have made it
  }
  if (present) {
    auto data = keys_json(plan, present->keyset);
    data["dry_run"] = invocation.dry_run();
    data["plan"] = json::array();
    return Reply{.data = std::move(data),
                 .text = "no change: " + storage.place() + " is there\n" + keys_text(present->keyset),
                 .changed = false};
  }
  const auto keyset = crypto::Keyset::create(now());
  CHECKED(storage.save(keyset, ""));
  auto data = keys_json(plan, keyset);
  data["dry_run"] = false;
  data["plan"] = steps;
  return Reply{.data = std::move(data), .text = "Wrote " + storage.place() + "\n" + keys_text(keyset)};
}

// Changes the keyset by one step; empty when it is too early.
json::array rotate_once(const KeyPlan& plan, crypto::Keyset& keyset, std::size_t& pruned) {
  json::array steps;
  const auto at = now();
  pruned = keyset.prune(at);
  if (pruned > 0)
    steps.push_back(json::value("remove " + std::to_string(pruned) + " retired keys whose time is over"));
  const auto step = next_step(keyset, at);
  if (step == Step::publish) {
    static_cast<void>(keyset.publish_next(at, plan.publish_for));
    steps.push_back(json::value("publish a next key, which may sign after " + in_words(plan.publish_for)));
  } else if (step == Step::promote) {
    static_cast<void>(keyset.promote(at, plan.verify_for));
    steps.push_back(
        json::value("let the next key sign; the old one verifies for " + in_words(plan.verify_for)));
  }
  return steps;
}

Outcome<Reply> rotate(const Invocation& invocation, Terminal&) {
  const auto plan = CHECKED(key_plan(invocation));
  auto storage = CHECKED(KeyStorage::open(invocation, plan));
  std::optional<FileLock> lock;
  if (!invocation.dry_run()) lock.emplace(CHECKED(lock_keys(invocation, storage)));
  const auto [before, version] = CHECKED(storage.load());
  const bool early = next_step(before, now()) == Step::wait;
  auto after = before;
  std::size_t pruned = 0;
  const auto steps = rotate_once(plan, after, pruned);
  const bool changed = !steps.empty() && !invocation.dry_run();
  if (changed) CHECKED(storage.save(after, version));
  const auto& shown = invocation.dry_run() ? before : after;
  auto data = keys_json(plan, shown);
  data["dry_run"] = invocation.dry_run();
  data["plan"] = steps;
  std::string text;
  for (const auto& step : steps)
    text += (invocation.dry_run() ? "Would " : "Done: ") + std::string(step.as_string()) + "\n";
  return Reply{.data = std::move(data),
               .text = (steps.empty() ? "no change\n" : text) + keys_text(shown),
               .exit = early && !invocation.dry_run() ? Exit::pending : Exit::ok,
               .changed = changed};
}

Outcome<Reply> status(const Invocation& invocation, Terminal&) {
  const auto plan = CHECKED(key_plan(invocation));
  const auto keyset = CHECKED(CHECKED(KeyStorage::open(invocation, plan)).load()).keyset;
  return Reply{.data = keys_json(plan, keyset), .text = keys_text(keyset)};
}

Outcome<Reply> jwks(const Invocation& invocation, Terminal&) {
  const auto plan = CHECKED(key_plan(invocation));
  const auto keyset = CHECKED(CHECKED(KeyStorage::open(invocation, plan)).load()).keyset;
  auto document = json::parse(keyset.jwks()).as_object();
  return Reply{.data = document, .text = pretty(document)};
}

}  // namespace

std::vector<Command> auth_commands() {
  const std::vector<Field> status_fields{
      {"storage", "string", "file, or the secret manager"},
      {"path", "string", "The file, or the name of the secret"},
      {"active", "object", "kid, created_at, age_seconds"},
      {"next", "object", "kid, created_at, promote_after; null without one"},
      {"retired", "array", "kid, created_at, verifies_until"},
      {"step", "string", "What rotate would do: publish, wait, promote"}};
  auto change_fields = status_fields;
  change_fields.push_back({"dry_run", "boolean", "Nothing was changed"});
  change_fields.push_back({"plan", "array", "The steps"});
  return {
      {.name = "auth keys generate",
       .group = kGroup,
       .summary = "Make the first signing key",
       .details = "Writes the file AUTH_KEY_STORAGE_PATH, or the secret AUTH_KEY_SECRET_NAME when "
                  "AUTH_KEY_STORAGE_BACKEND is secret-manager. A keyset that is there stays as it is: a "
                  "second call changes nothing.",
       .flags = {env_file_flag()},
       .examples = {{"starter-console auth keys generate", "Once, before the first start."},
                    {"starter-console auth keys generate --dry-run", "Show where it would be written."}},
       .reply = change_fields,
       .exits = {Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .reaches = true,
       .run = generate},
      {.name = "auth keys rotate",
       .group = kGroup,
       .summary = "Replace the signing key, one safe step a call",
       .details = "The first call publishes the next key. When every verifier must know it, the second call "
                  "lets it sign; the old key verifies until the last token that it signed has expired. "
                  "Between the two it changes nothing and exits 8.",
       .flags = {env_file_flag()},
       .examples = {{"starter-console auth keys rotate", "From a daily timer: each call does what is due."},
                    {"starter-console auth keys rotate --dry-run", "Show the step that is due."}},
       .reply = change_fields,
       .exits = {Exit::auth, Exit::not_found, Exit::conflict, Exit::pending, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .reaches = true,
       .run = rotate},
      {.name = "auth keys status",
       .group = kGroup,
       .summary = "Show the signing keys, their ages and what comes next",
       .flags = {env_file_flag()},
       .examples = {{"starter-console auth keys status", "One line a key."},
                    {"starter-console auth keys status --field active.age_seconds", "For an alert."}},
       .reply = status_fields,
       .exits = {Exit::auth, Exit::not_found},
       .docs = kDocs,
       .reaches = true,
       .run = status},
      {.name = "auth jwks print",
       .group = kGroup,
       .summary = "Print the public keys as a JWK set",
       .flags = {env_file_flag()},
       .examples = {{"starter-console auth jwks print", "What /.well-known/jwks.json serves."},
                    {"starter-console auth jwks print --field keys.0.kid", "The key that signs."}},
       .reply = {{"keys", "array", "kty, crv, alg, use, kid, x (RFC 7517, RFC 8037)"}},
       .exits = {Exit::auth, Exit::not_found},
       .docs = kDocs,
       .reaches = true,
       .run = jwks},
  };
}

}  // namespace starter::console
