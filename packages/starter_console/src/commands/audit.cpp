// audit verify: is the audit log what was written?
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/audit_chains.h"
#include "operate/configuration.h"
#include "operate/database.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/jwks.h"
#include "starter/service/settings_table.h"
#include "system/files.h"
#include "system/process.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "docs/how-to/verify-the-audit-log.md";

bool reads_as_owner(const settings::Settings& values) {
  return !values.has("WORKER_DATABASE_URL");
}

std::vector<settings::Setting> settings_here() {
  auto table = service::settings_of({"WORKER_DATABASE_URL", "AUDIT_KEY_PATH", "MIGRATE_DATABASE_URL"});
  table.back().required_when = [](const settings::Settings& values, const settings::Setting&) {
    return reads_as_owner(values);
  };
  table.back().required_reason = "without WORKER_DATABASE_URL";
  return table;
}

// ID:DIGEST, as the line audit.checkpoint of the worker's log has both.
Outcome<audit::VerifyOptions> options_of(const Invocation& invocation) {
  audit::VerifyOptions options;
  options.most_findings = static_cast<std::size_t>(CHECKED(invocation.number("--most", 100, 1, 100'000)));
  if (!invocation.has("--checkpoint")) return options;
  const auto text = invocation.get("--checkpoint");
  const auto colon = text.find(':');
  const auto digest = crypto::hex_decode(colon == text.npos ? "" : text.substr(colon + 1));
  audit::KnownCheckpoint known;
  if (Uuid::from_text(text.substr(0, colon), known.id) != nullptr || !digest || digest->size() != 32)
    return invocation.bad_value("--checkpoint",
                                "is the id of a checkpoint, a colon, and its digest in 64 hex digits");
  known.digest = *digest;
  options.known = known;
  return options;
}

// As whoever may not sign has them.
Outcome<std::vector<crypto::VerifyingKey>> public_keys_at(const std::string& path) {
  const auto keys = crypto::parse_jwks(CHECKED(read_file(path)));
  if (keys) return *keys;
  return Failure{.code = "audit.bad_keys",
                 .what = "The public keys of the checkpoints can't be read.",
                 .why = path + ": " + keys.error() + ".",
                 .fix = "AUTH_KEY_STORAGE_PATH=/path/to/audit.json starter-console auth jwks print > " + path,
                 .exit = Exit::auth,
                 .docs = std::string(kDocs)};
}

Outcome<std::vector<crypto::VerifyingKey>> keys_of(const Invocation& invocation, const std::string& path) {
  if (invocation.has("--public-keys")) return public_keys_at(invocation.get("--public-keys"));
  const auto keys = crypto::load_keyset_file(path);
  if (keys) return keys->verifying_keys();
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  return Failure{.code = there ? "audit.bad_keys" : "audit.no_keys",
                 .what = "The keys that signed the checkpoints can't be read.",
                 .why = there ? keys.error() + "." : "There is no " + path + ", which AUDIT_KEY_PATH names.",
                 .fix = "AUDIT_KEY_PATH=/path/to/audit.json starter-console audit verify",
                 .exit = there ? Exit::auth : Exit::not_found,
                 .docs = std::string(kDocs)};
}

std::string place_of(const audit::Finding& finding) {
  if (finding.tenant_id == Uuid{} && finding.seq == 0 && !finding.event_id) return "checkpoints";
  auto text = "tenant " + finding.tenant_id.text();
  if (finding.seq > 0) text += ", link " + std::to_string(finding.seq);
  if (finding.event_id) text += ", event " + finding.event_id->text();
  return text;
}

json::array findings_json(const audit::VerifyReport& report) {
  json::array all;
  for (const auto& one : report.findings)
    all.push_back({{"tenant_id", one.tenant_id.text()},
                   {"seq", one.seq},
                   {"event_id", one.event_id ? json::value(one.event_id->text()) : json::value(nullptr)},
                   {"what", one.what}});
  return all;
}

Outcome<Reply> verify(const Invocation& invocation, Terminal& terminal) {
  watch_interrupts();
  const auto table = settings_here();
  const auto values = CHECKED(read_settings(invocation, table));
  auto options = CHECKED(options_of(invocation));
  const auto keys = CHECKED(keys_of(invocation, values.text("AUDIT_KEY_PATH")));
  const std::string setting = reads_as_owner(values) ? "MIGRATE_DATABASE_URL" : "WORKER_DATABASE_URL";
  const auto& url = values.secret(setting);
  {
    auto database = CHECKED(Database::connect(url, setting, CHECKED(invocation.timeout())));
    CHECKED(require_schema(database, {"audit_events", "audit_links", "audit_heads", "audit_checkpoints"}));
  }
  terminal.step(1, 1, "check every chain in " + without_password(url.reveal()));
  options.on_page = terminal.progress(1, 1);
  const auto report = CHECKED(verify_audit_chains(url, keys, options));
  const bool healthy = report.findings.empty();
  std::string text;
  for (const auto& one : report.findings)
    text += terminal.paint(Tone::bad, "CHANGED  ") + place_of(one) + ": " + one.what + "\n";
  text += std::to_string(report.events) + " events in " + std::to_string(report.chains) + " chains, " +
          std::to_string(report.erased) + " of them erased with a reason, " +
          std::to_string(report.checkpoints) +
          " checkpoints: " + (healthy ? "all as they were written." : "not as they were written.");
  if (healthy && !options.known)
    text +=
        "\nWithout --checkpoint nobody knows of checkpoints that were cut off together with what they cover.";
  return Reply{.data = {{"healthy", healthy},
                        {"chains", report.chains},
                        {"events", report.events},
                        {"erased", report.erased},
                        {"checkpoints", report.checkpoints},
                        {"findings", findings_json(report)}},
               .text = std::move(text),
               .exit = healthy ? Exit::ok : Exit::check_failed};
}

}  // namespace

std::vector<Command> audit_commands() {
  return {
      {.name = "audit verify",
       .group = "Check",
       .summary = "Prove that the audit log is as it was written",
       .details =
           "Walks the hash chain of every tenant and the signed checkpoints, with the keys of "
           "AUDIT_KEY_PATH, or with public keys alone. For each chain the first link that was changed, "
           "removed, "
           "moved or cut off is named. --checkpoint holds the log to what the worker's log file says of it.",
       .flags = {env_file_flag(),
                 {"--checkpoint", "ID:DIGEST", "A checkpoint that must be there, from the log"},
                 {"--public-keys", "FILE", "A JWK set in place of AUDIT_KEY_PATH, for who may not sign"},
                 {"--most", "N", "End after this many findings (100)"}},
       .examples = {{"starter-console audit verify --env-file api.env", "All of it."},
                    {"starter-console audit verify --public-keys audit.jwks.json",
                     "Without the file that signs."},
                    {"starter-console audit verify --json --field findings", "The evidence, for scripts."}},
       .reply = {{"healthy", "boolean", "Nothing was found"},
                 {"chains", "integer", "Tenants, and one for people outside any"},
                 {"events", "integer", "Links that were checked"},
                 {"erased", "integer", "Events without content, justified by a later one"},
                 {"checkpoints", "integer", "Signatures that were checked"},
                 {"findings", "array", "tenant_id, seq, event_id, what; the first of each chain"}},
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .reaches = true,
       .run = verify},
  };
}

}  // namespace starter::console
