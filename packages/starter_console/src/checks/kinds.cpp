#include "checks/kinds.h"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "starter/contracts/built_in.h"
#include "starter/service/refusals.h"

namespace starter::console::checks {

namespace {

struct Row {
  const char* id;
  Severity severity;
  const char* means;
  const char* fix;
};
constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;
constexpr auto info = Severity::info;

// --- of a clone and its stack
constexpr Row kLocal[] = {
    {"local.program", error, "A program that building or running needs is missing.",
     "install the package that the finding names"},
    {"local.version", error, "A program is older than what the sources need.",
     "`./dev up` brings a newer one"},
    {"local.postgres", error, "There is no Postgres server of the version that the data folder has.",
     "sudo apt-get install -y postgresql"},
    {"local.disk", error, "Less than 300 MiB of disk are free: a build or Postgres stops in the middle.",
     "remove what is not needed; `./dev down` and the folder build can go"},
    {"local.disk_low", warning, "Less than 2 GiB of disk are free: a build from nothing needs as much.",
     "remove what is not needed"},
    {"local.memory", warning, "Less than 1 GiB of memory is available: the compiler may be killed.",
     "end other programs"},
    {"local.descriptors", warning,
     "Fewer than 1024 files may be open at a time: the API and Postgres run out of them.", "ulimit -n 4096"},
    {"local.folder", error, "var/dev can't be written, so nothing can be started.",
     "give the folder to the user that runs ./dev"},
    {"local.folder_missing", warning, "A folder that the stack writes to is missing.",
     "starter-console doctor --fix"},
    {"local.secret_mode", error, "A file with secrets can be read by others.", "chmod 600 FILE"},
    {"local.env_mode", error, "A .env.local with secrets can be read by others.", "chmod 600 FILE"},
    {"local.secrets_missing", warning,
     "A secret that the stack makes for itself is missing from var/dev/secrets.env.",
     "starter-console doctor --fix"},
    {"local.env_syntax", error, "A .env.local can't be read: the service that it belongs to doesn't start.",
     "mend the line that the finding names"},
    {"local.stack", info, "The stack is not started.", "./dev up"},
    {"local.stale_state", warning, "var/dev/state.json names processes that are gone.",
     "starter-console doctor --fix"},
    {"local.state", warning, "var/dev/state.json can't be read; what runs is not known.",
     "starter-console doctor --fix"},
    {"local.stale_pid", warning, "Postgres left its postmaster.pid behind and refuses to start beside it.",
     "starter-console doctor --fix"},
    {"local.part", error, "A part of the stack does not run.", "./dev logs PART, then ./dev up"},
    {"local.ready", error, "A part runs and is not ready.", "./dev logs PART"},
    {"local.port", warning, "A port of the stack belongs to another program.", "./dev up --port-base 3100"},
    {"local.port_base", error, "The remembered port base is no number from 1024 to 65000.",
     "starter-console doctor --fix"},
    {"local.keyset", error, "The file of signing keys can't be read as one: nobody can sign in.",
     "remove it and run ./dev up, which makes new keys; everybody signs in again"},
    {"local.packages", info, "The web application's packages are not installed yet; ./dev up does it.",
     "./dev up"},
    {"deployment", info, "Nothing is wrong with the configuration of the deployment.", "nothing"},
    {"local.set_up", info, "Neither a clone nor a deployment is here.", "starter-console setup wizard"},
};

// --- of files
constexpr Row kFiles[] = {
    {"file.unreadable", error, "A file of settings is not there or can't be read.",
     "check its path and its mode"},
    {"file.syntax", error, "A line of a file of settings is not NAME=value: the service doesn't start.",
     "mend the line that the finding names"},
    {"file.mode", error, "A file with secrets can be read by others on this machine.",
     "chmod 600 FILE, or `starter-console doctor --fix`"},
    {"name.unknown", warning,
     "A name that nothing reads, and that is nearly one of the contract's: its value does nothing.",
     "rename or remove it"},
    {"name.unused", warning, "A variable that nothing reads; the contract says what does its work.",
     "remove it"},
    {"name.foreign_secret", error,
     "The web application is given a secret that it doesn't read: one break-in more reveals it.",
     "remove it from the web application's file"},
    {"twin.both", error,
     "A secret is given twice, by NAME and by NAME_FILE; nobody knows which one counts, and the service "
     "refuses both.",
     "keep one of the two"},
    {"twin.unreadable", error, "NAME_FILE names a file that can't be read.",
     "check the path, and that the user of the container may read it"},
    {"twin.size", error, "NAME_FILE names a file larger than 64 KiB.", "name the file with the secret alone"},
    {"twin.empty", error, "NAME_FILE names an empty file.", "write the secret into it"},
    {"twin.mode", warning, "The file with the secret can be read by everybody on this machine.",
     "chmod 600 FILE"},
    {"twin.no_secret", error, "NAME_FILE of something that is no secret is not read.", "set NAME itself"},
};

// --- of values
constexpr Row kValues[] = {
    {"value.number", error, "A value is not a whole number.", "use digits alone"},
    {"value.range", error, "A number is out of its range.", "starter-console contract show NAME"},
    {"value.length", error, "A text is shorter or longer than it may be.",
     "starter-console contract show NAME"},
    {"value.boolean", error, "A switch is neither true nor false.", "use true or false"},
    {"value.url", error, "A value is not an absolute URL.", "use the form scheme://host[:port]"},
    {"value.scheme", error, "A URL has another scheme than it may have.",
     "starter-console contract show NAME"},
    {"value.mailbox", error, "A sender holds no address, so no mail leaves.",
     "write it like Acme <no-reply@acme.com>"},
    {"value.choice", error, "A value is none of those that are known.", "starter-console contract show NAME"},
    {"value.list", error, "A list has an item that is not known.", "starter-console contract show NAME"},
    {"value.json", error, "A value is no JSON.", "check its quotes and brackets"},
    {"value.duration", error, "A value is no time span.", "use a number with ms, s, m, h or d, such as 30s"},
    {"value.size", error, "A value is no size.", "use a number with B, KiB, MiB or GiB, such as 10MiB"},
    {"value.pattern", error, "A value has another form than it must have.",
     "starter-console contract show NAME"},
    {"value.quotes", warning,
     "A value keeps its quotes: whoever wrote it quoted it twice, or a program took the line as it is.",
     "remove the inner quotes"},
    {"value.blanks", warning, "A value begins or ends with a blank, which was hardly meant.", "remove it"},
    {"value.encoding", error,
     "A URL holds a character that must be written as %XX: another host, user or password than was meant is "
     "read out of it, or none.",
     "encode the password: @ is %40, / is %2F, # is %23, % is %25"},
};

// --- of what is missing
constexpr Row kRequired[] = {
    {"required.always", error, "A variable is missing without which nothing runs.",
     "set it, or NAME_FILE if it is a secret"},
    {"required.when", error, "A variable is missing that another value makes necessary.",
     "set it, or change the other value"},
    {"required.profile", error, "A variable is missing that the profile wants said.", "set it"},
    {"required.input", error, "An input is missing without which the target can't be planned.",
     "starter-console setup wizard"},
    {"required.secret", error, "A secret is missing that a set-up makes by itself.",
     "openssl rand -base64 48, or `starter-console setup wizard`"},
    {"provider.incomplete", error, "A secret manager or object store is chosen and lacks what it needs.",
     "starter-console secrets onboard, or storage onboard"},
    {"provider.one_of", error, "One of two ways to log in to a provider must be given, and neither is.",
     "set one of the two"},
    {"profile.locked", error, "The profile fixes a value, and another one is given.",
     "remove it, or choose another profile"},
};

// --- of secrets
constexpr Row kSecrets[] = {
    {"secret.reused", error, "Two purposes share a secret: what leaks from one forges for the other.",
     "openssl rand -base64 48, one for each"},
    {"secret.weak", error, "A secret repeats a few characters; it was typed and not drawn.",
     "openssl rand -base64 48"},
    {"secret.in_the_open", error,
     "A secret stands among the plain variables of a role: it is in the plan, in the state and in the "
     "console of the cloud.",
     "put it into the secret manager and its reference into ROLE_secrets"},
    {"secret.foreign", error,
     "A role is given a secret that it doesn't read: whoever breaks into that role has it, and the owner's "
     "log-in of Postgres has every tenant.",
     "move it to the map of the role that reads it: starter-console contract show NAME"},
    {"secret.in_both", error,
     "A name is a plain variable and a secret of the same role; ECS refuses such a task.",
     "remove it from ROLE_env"},
    {"secret.no_reference", error,
     "A value stands where the reference of a secret belongs, and would be in the state for everyone to "
     "read.",
     "starter-console secrets push"},
};

// --- of addresses
constexpr Row kAddresses[] = {
    {"address.path", error,
     "APP_PUBLIC_URL is more than an origin: links, cookies and CORS are built on the origin alone.",
     "scheme, host and port, nothing behind"},
    {"address.login", error, "APP_PUBLIC_URL holds a user or a password, and every mail would show them.",
     "remove them"},
    {"address.same", error, "The web server would ask itself instead of the API.",
     "set API_BASE_URL to the address of the API"},
    {"address.loopback", error,
     "In a container this machine is the container: the web server finds no API there.",
     "set API_BASE_URL to the address of the API"},
    {"hosts.form", error,
     "ALLOWED_HOSTS holds host names alone; an item with scheme, port or path fits no request.",
     "api.example.com"},
    {"hosts.missing", error, "The API refuses the very host under which the web server asks it.",
     "add the host of API_BASE_URL"},
    {"origins.form", error,
     "An Origin header has scheme, host and port and no slash at the end; this item fits none.",
     "https://app.example.com"},
    {"origins.missing", error, "The API refuses browsers that come from the web application.",
     "add the origin of APP_PUBLIC_URL, or remove ALLOWED_ORIGINS"},
    {"proxies.form", error,
     "An item of TRUSTED_PROXIES is neither an address nor a network: the API doesn't start.",
     "write an address or a network, such as 10.0.0.0/8"},
    {"proxies.everybody", error,
     "Everybody's X-Forwarded-For is believed, so everybody chooses the address that limits and the audit "
     "log see.",
     "name the network of the load balancer"},
    {"services.web_tier_secret", error,
     "API and web application have different keys: the API believes nothing that the web tier says about its "
     "clients.",
     "the same value in both files; two, separated by a comma, while it is changed"},
    {"services.public_url", error,
     "API and web application have different public addresses: cookies and links don't fit.",
     "the same in both files"},
    {"services.environment", warning, "API and web application have different labels.",
     "the same in both files"},
};

// --- of stores and mail
constexpr Row kStores[] = {
    {"database.plain", error,
     "Postgres is another machine and TLS is not insisted on: whoever is in between reads everything.",
     "add ?sslmode=verify-full"},
    {"database.unverified", warning,
     "TLS without looking who answers protects from listeners and not from a stand-in.",
     "sslmode=verify-full, with the certificates of the server in sslrootcert"},
    {"database.loopback", error, "In a container this machine is the container: there is no Postgres.",
     "set the address of the database"},
    {"database.owner", error,
     "API and migration share a log-in: an injection into a request could alter tables and switch row-level "
     "security off.",
     "two log-ins; the migration makes that of the API"},
    {"database.another", error, "Two log-ins lead to two databases: what is migrated is not what is served.",
     "the same host and database in all of them"},
    {"redis.loopback", error, "In a container this machine is the container: there is no Redis.",
     "set the address of Redis"},
    {"redis.password", warning, "Redis is another machine and is used without a password.",
     "rediss://:PASSWORD@HOST:PORT/0"},
    {"redis.azure_port", error, "Redis at Azure answers on another port than usual.",
     "10000 for Azure Managed Redis, 6380 for Azure Cache for Redis"},
    {"mail.sender", error, "MAIL_FROM is in a reserved domain; every mail server refuses it.",
     "an address in a domain of yours"},
};

// --- of keys and providers
constexpr Row kKeys[] = {
    {"keys.name_form", error,
     "The name of the signing keys has a form that their secret manager doesn't know.",
     "starter-console contract show AUTH_KEY_SECRET_NAME"},
    {"keys.other_cloud", warning,
     "The signing keys are with another cloud: the identity of the containers doesn't open it, a key of that "
     "cloud must be carried along.",
     "the secret manager of the same cloud, where this release has a client for it; else carry that key "
     "along"},
    {"keys.development", error,
     "The signing keys are gone when Vault stops: everybody is signed out, and tokens can't be checked.",
     "vault_hcp or the secret manager of the cloud"},
    {"keys.file_on_cloud", error,
     "Each container would sign with keys of its own, and forget them when it stops.",
     "remove AUTH_KEY_STORAGE_FILE_ALLOWED; keep the keys in a secret manager"},
    {"aws.region", error, "A secret is in another region than the one that is asked.",
     "the ARN of the same region, or its region in AWS_REGION"},
    {"aws.session_token", error, "A temporary key of AWS has three parts, and the third is missing.",
     "set AWS_SESSION_TOKEN, or better let the role of the task log in"},
    {"provider.plain_http", error, "Tokens and secrets would cross the network in the open.",
     "an address that begins with https://"},
};

// --- of roles and platforms
constexpr Row kPlatforms[] = {
    {"worker.two", error, "Two roles claim the same webhooks: the API does, although there is a worker.",
     "remove it from the API; the blueprint sets it for both roles"},
    {"worker.none", error, "No role claims webhooks: there is no worker, and the API is told not to.",
     "remove it from the API, or enable_worker_service=true"},
    {"ports.same", error, "Two servers of one process can't share a port.", "leave METRICS_PORT at 9464"},
    {"platform.reserved", error,
     "The platform sets this name itself and refuses a deployment that names it, after everything before it "
     "was made.",
     "remove it"},
    {"platform.left_out", warning,
     "The contract leaves this variable out on this target, for the reason that the finding gives.",
     "remove it"},
    {"platform.listens_inside", error,
     "A server that listens on loopback is reached by no probe: the rollout never ends.",
     "0.0.0.0, or nothing at all"},
    {"platform.log_file", error,
     "A container's file system is read-only; its platform collects standard output.",
     "LOGGING_SINKS=stdout"},
    {"platform.drain", error, "The platform kills a container before it has finished what was under way.",
     "a shorter DRAIN_SECONDS"},
    {"name.too_long", error,
     "Names are made from project, environment and role; one would be longer than the cloud allows.",
     "a shorter project_name"},
    {"bucket.dots", error,
     "The certificate of S3 covers one label: a bucket with dots in its name is not reached over TLS.",
     "dashes instead"},
    {"bucket.azure", error, "The name is none that a container of Azure Blob may have.",
     "lower-case letters, digits and single dashes"},
    {"bucket.google", error, "Google refuses buckets that are named after it.",
     "choose another name for the bucket"},
    {"bucket.aws", error, "AWS keeps this beginning or end of a name for itself.",
     "choose another name for the bucket"},
    {"size.order", error, "The greatest number of containers is less than the least.",
     "raise the one or lower the other"},
    {"image.same", error, "Two roles have the same image, and it can be right for one only.",
     "set api_image and web_image"},
    {"image.registry", warning, "The log-in is for another registry than the one that the image is in.",
     "the registry of the image"},
};

// --- of operation
constexpr Row kOperation[] = {
    {"session.order", warning,
     "A session ends before its first access token does, so nobody is ever renewed.",
     "AUTH_REFRESH_TOKEN_TTL_MINUTES above ACCESS_TOKEN_EXPIRE_MINUTES"},
    {"log.debug", warning, "Every request fills the log, and costs.", "LOG_LEVEL=INFO"},
    {"limits.off", warning, "Limits are multiplied until nothing is limited: a load test's value.",
     "RATE_LIMIT_FACTOR=1"},
    {"environment.label", warning,
     "Logs and alarms of this deployment look like those of somebody's own machine.",
     "ENVIRONMENT=production"},
};

// --- of what a target needs
constexpr Row kNeeds[] = {
    {"deps.missing", error, "A tool that the target can't be deployed without is missing.",
     "install it as the finding says"},
    {"deps.version", error, "A tool is older than what the target needs.",
     "install a newer one as the finding says"},
    {"deps.unknown", warning, "A tool is there and doesn't tell its version.", "run it by hand"},
    {"deps.optional", info, "A tool is missing that makes looking into the target easier; nothing needs it.",
     "install it if you want to"},
    {"deps.login", warning, "No log-in to the target was found on this machine.",
     "log in as the finding says"},
    {"deps.permissions", info, "What whoever deploys must be allowed to do.", "ask the owner of the account"},
    {"deps.account", info, "What must exist before the first plan.", "make it, or ask its owner"},
};

void add(std::vector<Kind>& all, std::span<const Row> rows) {
  for (const auto& row : rows) all.push_back({row.id, row.severity, row.means, row.fix});
}

void add_refusals(std::vector<Kind>& all) {
  for (const auto& rule : service::refusals()) {
    const std::string code(rule.code);
    const bool several = code == "secret.form" || code == "hosted.placeholder";
    if (std::ranges::find(all, code, &Kind::id) != all.end()) continue;
    all.push_back({code, Severity::error,
                   (several ? "A secret " : std::string(rule.variable) + " ") + std::string(rule.what) +
                       ". The API and its worker refuse to start.",
                   std::string(rule.fix)});
  }
}

// Rules of the contract have no names: they are named after what they judge.
void add_contract(std::vector<Kind>& all) {
  const auto& contract = contracts::built_in();
  const auto put = [&](const std::string& id, const std::string& means, const std::string& fix) {
    const auto known = std::ranges::find(all, id, &Kind::id);
    if (known == all.end())
      all.push_back({id, Severity::error, means, fix});
    else if (known->means.find(means) == std::string::npos)
      known->means += " " + means;
  };
  for (const auto& profile : contract.profiles)
    for (const auto& rule : profile.rules)
      put("profile." + contract.condition(rule.when).names().front(), rule.refuse, rule.fix);
  for (const auto& input : contract.inputs)
    for (const auto& rule : input.rules)
      put("input." + input.name, rule.refuse,
          "change " + input.name + ": `starter-console contract show " + input.name + "`");
}

// GitHub makes an anchor of a heading so: lower case, and no dots.
std::string anchor_of(std::string_view id) {
  std::string out;
  for (const char c : id)
    if (c != '.') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const auto all = [] {
    std::vector<Kind> made;
    add(made, kLocal);
    add(made, kFiles);
    add(made, kValues);
    add(made, kRequired);
    add_refusals(made);
    add_contract(made);
    add(made, kSecrets);
    add(made, kAddresses);
    add(made, kStores);
    add(made, kKeys);
    add(made, kPlatforms);
    add(made, kOperation);
    add(made, kNeeds);
    return made;
  }();
  return all;
}

Finding found(std::string_view id, std::string says, std::string evidence, const std::string& fix) {
  const auto kind = std::ranges::find(kinds(), id, &Kind::id);
  if (kind == kinds().end()) throw std::logic_error("no kind of finding is called " + std::string(id));
  return {.id = kind->id,
          .severity = kind->severity,
          .says = std::move(says),
          .evidence = std::move(evidence),
          .fix = fix.empty() ? kind->fix : fix,
          .docs = "docs/ops/doctor.md#" + anchor_of(id)};
}

Finding passed(std::string_view id, std::string says, std::string evidence) {
  auto one = found(id, std::move(says), std::move(evidence));
  one.severity = Severity::ok;
  one.fix.clear();
  return one;
}

std::string doctor_page() {
  std::string text =
      "<!-- Written by ./dev gen from packages/starter_console/src/checks/kinds.cpp, the contract and the "
      "refusals of "
      "the services; change those. -->\n\n# What doctor finds\n\n"
      "`starter-console doctor` looks at a clone and its local stack; given a deployment's files or answers, "
      "it looks at "
      "those\ninstead, before anything is deployed. Nothing is asked over the network, and no finding holds "
      "a value. "
      "`--fix` does what can\nharm nothing: file modes, folders, secrets that the local stack makes for "
      "itself, what a "
      "stack that is gone left behind.\n\n"
      "```bash\nstarter-console doctor\nstarter-console doctor --env-file api.env --web-env-file web.env\n"
      "starter-console doctor --answers-file answers.yaml --profile production --preset aws\n"
      "starter-console infra deps --provider aws\n```\n\n"
      "A finding has an id that never changes, and this page a section for each. An `error` makes the exit "
      "status 3; a "
      "`warning`\nis worth a look; an `info` asks for nothing.\n";
  for (const auto& kind : kinds()) {
    constexpr std::string_view kSeverities[] = {"ok", "info", "warning", "error"};
    text += "\n## " + kind.id + "\n\n" + kind.means +
            "\n\n- Severity: " + std::string(kSeverities[static_cast<std::size_t>(kind.severity)]) +
            "\n- Fix: " + kind.fix + "\n";
  }
  return text;
}

}  // namespace starter::console::checks
