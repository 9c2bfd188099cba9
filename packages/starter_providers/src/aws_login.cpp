#include "starter/providers/aws_login.h"

#include <algorithm>

#include "aws_text.h"
#include "patience.h"
#include "starter/core/private_file.h"
#include "starter/core/text.h"
#include "starter/net/host.h"

namespace starter::providers {

using namespace std::chrono_literals;

namespace {

constexpr auto kBeforeTheEnd = 5min;
constexpr size_t kMaxFile = 256 * 1024;
constexpr std::string_view kInstance = "http://169.254.169.254";
constexpr std::string_view kContainer = "http://169.254.170.2";
// Asked by name of this machine's link; where there is no such service nothing answers at all.
constexpr Attempts kLink{.most = 2, .each = 1500ms, .first_pause = 50ms, .longest_pause = 100ms};

/// The addresses of ECS and of EKS pod identities, which are links of the machine itself.
bool is_container_address(const std::string& host) {
  return net::is_this_machine(host) || host == "169.254.170.2" || host == "169.254.170.23" ||
         host == "[fd00:ec2::23]";
}

std::string member(const std::map<std::string, std::string>& profile, const std::string& name) {
  const auto found = profile.find(name);
  return found == profile.end() ? "" : found->second;
}

Problem failed(const std::string& who, const Result<net::HttpResponse>& answer) {
  if (answer)
    return {problems::secrets_denied, who + " answered with status " + std::to_string(answer->status)};
  if (answer.error().is(starter::problems::deadline_exceeded))
    return {problems::secrets_late, who + " did not answer in time"};
  return {problems::secrets_unreachable, who + ": " + std::string(answer.error().cause())};
}

}  // namespace

std::string problem_of_endpoint(std::string_view url) {
  if (url.starts_with("https://") && !net::host_of(url).empty()) return "";
  if (url.starts_with("http://") && net::is_on_this_machine(url)) return "";
  return url.starts_with("http://") ? "is not encrypted and not on this machine"
                                    : "is no http or https address";
}

AwsLogin::AwsLogin(const Executor& executor, Environment environment, std::string region)
    : environment_(std::move(environment)),
      region_(std::move(region)),
      outside_(executor, {.allow_plain_http = true}),
      link_(executor, {.allow_plain_http = true, .direct = true, .connect_timeout = 1000ms}) {}

Task<Result<AwsCredentials>> AwsLogin::credentials(SteadyTime deadline) {
  if (kept_ && (!kept_->expires || *kept_->expires > Clock::system().now() + kBeforeTheEnd)) co_return *kept_;
  auto found = CO_TRY(co_await find(deadline));
  if (!found)
    co_return Problem(problems::secrets_log_in,
                      "no AWS_ACCESS_KEY_ID, no profile in " + folder() +
                          ", no AWS_WEB_IDENTITY_TOKEN_FILE, no address of container credentials, and no "
                          "instance metadata service that answers");
  kept_ = *found;
  co_return std::move(*found);
}

Task<AwsLogin::Found> AwsLogin::find(SteadyTime deadline) {
  if (auto keys = from_environment()) co_return keys;
  if (auto keys = CO_TRY(co_await from_profile(deadline))) co_return keys;
  auto role = environment_("AWS_ROLE_ARN"), token_file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (auto keys = CO_TRY(
          co_await from_web_identity(std::move(role), std::move(token_file), "the web identity", deadline)))
    co_return keys;
  if (auto keys = CO_TRY(co_await from_container(deadline))) co_return keys;
  co_return co_await from_instance(deadline);
}

std::optional<AwsCredentials> AwsLogin::from_environment() const {
  AwsCredentials keys{.key_id = environment_("AWS_ACCESS_KEY_ID"),
                      .key = Secret(environment_("AWS_SECRET_ACCESS_KEY")),
                      .token = Secret(environment_("AWS_SESSION_TOKEN")),
                      .from = "AWS_ACCESS_KEY_ID"};
  if (keys.key_id.empty() || keys.key.empty()) return std::nullopt;
  return keys;
}

std::string AwsLogin::folder() const {
  return environment_("HOME") + "/.aws";
}

std::optional<AwsLogin::Profile> AwsLogin::profile(const std::string& name) const {
  const auto path = [this](const char* variable, const char* file) {
    const auto said = environment_(variable);
    return said.empty() ? folder() + "/" + file : said;
  };
  const auto config = read_text_file(path("AWS_CONFIG_FILE", "config"), kMaxFile);
  auto all = profile_section(config, name == "default" ? name : "profile " + name);
  if (name == "default" && all.empty()) all = profile_section(config, "profile default");
  for (auto& [key, value] :
       profile_section(read_text_file(path("AWS_SHARED_CREDENTIALS_FILE", "credentials"), kMaxFile), name))
    all[key] = value;
  if (all.empty()) return std::nullopt;
  return all;
}

Task<AwsLogin::Found> AwsLogin::from_profile(SteadyTime deadline) {
  const auto said = environment_("AWS_PROFILE");
  const std::string name = said.empty() ? "default" : said, from = "the profile " + name;
  const auto found = profile(name);
  if (!found && said.empty()) co_return std::nullopt;
  if (!found) co_return Problem(problems::secrets_log_in, "there is no profile " + name + " in " + folder());
  const auto keys_of = [](const Profile& one, const std::string& who) {
    return AwsCredentials{.key_id = member(one, "aws_access_key_id"),
                          .key = Secret(member(one, "aws_secret_access_key")),
                          .token = Secret(member(one, "aws_session_token")),
                          .from = who};
  };
  const auto role = member(*found, "role_arn"), token_file = member(*found, "web_identity_token_file");
  if (!role.empty() && !token_file.empty())
    co_return co_await from_web_identity(role, token_file, from, deadline);
  if (!role.empty()) {
    const auto source = profile(member(*found, "source_profile"));
    auto keys = source ? keys_of(*source, from) : AwsCredentials{};
    if (keys.key_id.empty())
      co_return Problem(problems::secrets_log_in,
                        from + " has a role_arn, but its source_profile has no keys");
    co_return co_await assume_role(role, std::move(keys), from, deadline);
  }
  auto keys = keys_of(*found, from);
  if (!keys.key_id.empty() && !keys.key.empty()) co_return keys;
  // The default profile often holds a region alone; one that was asked for by name must be able to log in.
  if (said.empty()) co_return std::nullopt;
  co_return Problem(problems::secrets_log_in,
                    from +
                        " holds no keys; with single sign-on, hand them over first: eval \"$(aws configure "
                        "export-credentials --profile " +
                        name + " --format env)\"");
}

Task<AwsLogin::Found> AwsLogin::from_web_identity(std::string role, std::string token_file, std::string from,
                                                  SteadyTime deadline) {
  if (role.empty() || token_file.empty()) co_return std::nullopt;
  const Secret token(read_text_file(token_file, kMaxFile));
  if (token.empty())
    co_return Problem(problems::secrets_log_in,
                      "the token of the web identity in " + token_file + " can't be read");
  const auto session = environment_("AWS_ROLE_SESSION_NAME");
  auto form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + uri_encode(role) +
              "&RoleSessionName=" + uri_encode(session.empty() ? "starter" : session) +
              "&WebIdentityToken=" + uri_encode(trimmed(token.reveal()));
  co_return co_await ask_sts(std::move(form), std::nullopt, std::move(from), deadline);
}

Task<AwsLogin::Found> AwsLogin::assume_role(std::string role, AwsCredentials source, std::string from,
                                            SteadyTime deadline) {
  auto form = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=starter&RoleArn=" + uri_encode(role);
  co_return co_await ask_sts(std::move(form), std::optional(std::move(source)), std::move(from), deadline);
}

Task<AwsLogin::Found> AwsLogin::ask_sts(std::string form, std::optional<AwsCredentials> signer,
                                        std::string from, SteadyTime deadline) {
  auto url = environment_("AWS_ENDPOINT_URL_STS");
  if (url.empty())
    url = "https://sts." + region_ + ".amazonaws.com" + (region_.starts_with("cn-") ? ".cn" : "");
  if (const auto wrong = problem_of_endpoint(url); !wrong.empty())
    co_return Problem(problems::secrets_log_in, "AWS_ENDPOINT_URL_STS " + wrong);
  const auto make = [&] {
    net::HttpHeaders headers{{"content-type", "application/x-www-form-urlencoded"}};
    if (signer) {
      const auto authority = url.substr(url.find("://") + 3);
      const auto signature =
          sign({.host = authority, .headers = headers, .body = form},
               {.region = region_, .service = "sts", .now = Clock::system().now()}, *signer);
      headers.insert(headers.end(), signature.headers.begin(), signature.headers.end());
    }
    return net::HttpRequest{.method = "POST", .url = url + "/", .headers = std::move(headers), .body = form};
  };
  auto answer = co_await send_patiently(outside_, make, nullptr, deadline);
  if (!answer || answer->status != 200) {
    const auto code = answer ? element(answer->body, "Code") : "";
    if (code.empty()) co_return failed("the security token service", answer);
    co_return Problem(problems::secrets_denied, "the security token service refused " + from + " (" + code +
                                                    "): " + element(answer->body, "Message").substr(0, 300));
  }
  auto keys = CO_TRY(keys_in_xml(answer->body, from));
  co_return std::optional(std::move(keys));
}

Task<AwsLogin::Found> AwsLogin::from_container(SteadyTime deadline) {
  const auto relative = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto url = relative.empty() ? environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                                    : std::string(kContainer) + relative;
  if (url.empty()) co_return std::nullopt;
  if (!url.starts_with("https://") && !is_container_address(net::host_of(url)))
    co_return Problem(problems::secrets_log_in,
                      "AWS_CONTAINER_CREDENTIALS_FULL_URI is not encrypted and no address of this machine");
  net::HttpHeaders headers;
  if (auto token = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN"); !token.empty())
    headers.emplace_back("authorization", std::move(token));
  const auto make = [&] { return net::HttpRequest{.url = url, .headers = headers}; };
  auto answer = co_await send_patiently(link_, make, nullptr, deadline, kLink);
  if (!answer || answer->status != 200) co_return failed("the container's address of credentials", answer);
  auto keys = CO_TRY(keys_in_json(answer->body, "the container's address of credentials"));
  co_return std::optional(std::move(keys));
}

Task<AwsLogin::Found> AwsLogin::from_instance(SteadyTime deadline) {
  if (environment_("AWS_EC2_METADATA_DISABLED") == "true") co_return std::nullopt;
  auto base = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = kInstance;
  while (base.ends_with('/')) base.pop_back();
  const auto ask = [&base](std::string method, std::string path, net::HttpHeaders headers) {
    return [request = net::HttpRequest{.method = std::move(method),
                                       .url = base + "/latest/" + path,
                                       .headers = std::move(headers)}] { return request; };
  };
  const auto session = co_await send_patiently(
      link_, ask("PUT", "api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}), nullptr, deadline,
      {.most = 1, .each = kLink.each});
  // Elsewhere than on an instance nothing answers, or something else does.
  if (!session || session->status != 200) co_return std::nullopt;
  const net::HttpHeaders token{{"x-aws-ec2-metadata-token", session->body}};
  const std::string roles = "meta-data/iam/security-credentials/";
  const auto role = co_await send_patiently(link_, ask("GET", roles, token), nullptr, deadline, kLink);
  if (role && role->status == 404) co_return std::nullopt;  // an instance without a role
  if (!role || role->status != 200) co_return failed("the instance metadata service", role);
  const auto name = std::string(trimmed(role->body.substr(0, role->body.find('\n'))));
  auto answer =
      co_await send_patiently(link_, ask("GET", roles + uri_encode(name), token), nullptr, deadline, kLink);
  if (!answer || answer->status != 200) co_return failed("the instance metadata service", answer);
  auto keys = CO_TRY(keys_in_json(answer->body, "the role of the instance"));
  co_return std::optional(std::move(keys));
}

}  // namespace starter::providers
