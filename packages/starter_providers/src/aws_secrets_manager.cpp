#include "starter/providers/aws_secrets_manager.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "aws_text.h"
#include "patience.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::providers {

namespace json = boost::json;

namespace {

constexpr size_t kMaxAnswer = 1024 * 1024;
constexpr int kMaxPages = 100;
constexpr std::string_view kPending = "STARTER_PENDING";

std::string text_of(const json::object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->as_string()) : "";
}

std::optional<json::object> object_in(const std::string& body) {
  boost::system::error_code error;
  auto parsed = json::parse(body, error);
  if (error || !parsed.is_object()) return std::nullopt;
  return std::move(parsed.as_object());
}

/// "ResourceNotFoundException" of "com.amazonaws...#ResourceNotFoundException:http://...". Some front ends
/// answer in XML.
std::string type_of(const net::HttpResponse& answer) {
  const auto object = object_in(answer.body);
  auto type = object ? text_of(*object, "__type") : "";
  if (type.empty()) type = answer.header("x-amzn-errortype");
  if (type.empty()) type = element(answer.body, "Code");
  type = type.substr(0, type.find(':'));
  return type.substr(type.find('#') + 1);
}

std::string message_of(const net::HttpResponse& answer) {
  const auto object = object_in(answer.body);
  auto message = object ? text_of(*object, "message") : element(answer.body, "Message");
  if (object && message.empty()) message = text_of(*object, "Message");
  return message.substr(0, 400);
}

/// " (AWS request id ...)", by which AWS finds a call in its own logs; empty when the answer has none that
/// can stand in a line.
std::string request_id_of(const net::HttpResponse& answer) {
  const auto id = answer.header("x-amzn-requestid");
  const bool good = !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  return good ? " (AWS request id " + std::string(id) + ")" : "";
}

bool is_throttled(const net::HttpResponse& answer) {
  const auto type = answer.status == 400 ? type_of(answer) : "";
  return type == "ThrottlingException" || type == "RequestLimitExceeded" ||
         type == "TooManyRequestsException";
}

bool is_expired(const net::HttpResponse& answer) {
  const auto type = type_of(answer);
  return type == "ExpiredTokenException" || type == "ExpiredToken";
}

const ProblemType& kind_of(const std::string& type, int status) {
  static const std::set<std::string, std::less<>> denied{"AccessDeniedException",
                                                         "AccessDenied",
                                                         "UnrecognizedClientException",
                                                         "InvalidClientTokenId",
                                                         "InvalidSignatureException",
                                                         "SignatureDoesNotMatch",
                                                         "ExpiredTokenException",
                                                         "ExpiredToken",
                                                         "IncompleteSignature",
                                                         "MissingAuthenticationToken",
                                                         "MissingAuthenticationTokenException",
                                                         "AuthFailure",
                                                         "NotAuthorized"};
  if (type == "ResourceNotFoundException") return problems::secret_absent;
  if (type == "ResourceExistsException") return problems::secret_changed;
  if (status == 401 || status == 403 || denied.contains(type)) return problems::secrets_denied;
  if (status >= 500) return problems::secrets_unreachable;
  return problems::secret_refused;
}

std::string host_in(const std::string& endpoint) {
  return endpoint.substr(endpoint.find("://") + 3);
}

/// The version of a first value; a version's name has 32 to 64 characters.
std::string first_version(const std::string& name) {
  return crypto::hex_encode(crypto::bytes_of(crypto::sha256("first value of " + name)));
}

std::string fresh_version() {
  std::array<unsigned char, 24> noise;
  random_bytes(noise);
  return crypto::hex_encode({reinterpret_cast<const char*>(noise.data()), noise.size()});
}

}  // namespace

std::expected<std::unique_ptr<AwsSecretsManager>, std::string> AwsSecretsManager::create(
    const Executor& executor, const Environment& environment) {
  const auto region = environment("AWS_REGION");
  const bool good = !region.empty() && std::ranges::all_of(region, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!good)
    return std::unexpected(region.empty() ? "AWS_REGION is not set" : "AWS_REGION is no name of a region");
  auto endpoint = environment("AWS_ENDPOINT_URL_SECRETS_MANAGER");
  if (endpoint.empty())
    endpoint =
        "https://secretsmanager." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (const auto wrong = problem_of_endpoint(endpoint); !wrong.empty())
    return std::unexpected("AWS_ENDPOINT_URL_SECRETS_MANAGER " + wrong);
  return std::unique_ptr<AwsSecretsManager>(new AwsSecretsManager(executor, environment, region, endpoint));
}

AwsSecretsManager::AwsSecretsManager(const Executor& executor, const Environment& environment,
                                     std::string region, std::string endpoint)
    : region_(std::move(region)),
      endpoint_(std::move(endpoint)),
      login_(executor, environment, region_),
      http_(executor, {.allow_plain_http = endpoint_.starts_with("http://")}) {}

Task<Result<json::object>> AwsSecretsManager::call(std::string action, json::object input,
                                                   SteadyTime deadline) {
  const auto body = json::serialize(input);
  for (bool again = false;; again = true) {
    const auto keys = CO_TRY(co_await login_.credentials(deadline));
    const auto make = [&] {
      net::HttpHeaders headers{{"content-type", "application/x-amz-json-1.1"},
                               {"x-amz-target", "secretsmanager." + action}};
      const auto signature =
          sign({.host = host_in(endpoint_), .headers = headers, .body = body},
               {.region = region_, .service = "secretsmanager", .now = Clock::system().now()}, keys);
      headers.insert(headers.end(), signature.headers.begin(), signature.headers.end());
      return net::HttpRequest{.method = "POST",
                              .url = endpoint_ + "/",
                              .headers = std::move(headers),
                              .body = body,
                              .max_response = kMaxAnswer};
    };
    const auto answer = co_await send_patiently(http_, make, is_throttled, deadline);
    if (!answer) {
      const bool late = answer.error().is(starter::problems::deadline_exceeded);
      co_return Problem(late ? problems::secrets_late : problems::secrets_unreachable,
                        late ? endpoint_ + " did not answer " + action
                             : endpoint_ + ": " + std::string(answer.error().cause()));
    }
    // Keys of a role may have ended since they were fetched; a second time it is no coincidence.
    if (answer->status != 200 && !again && is_expired(*answer)) {
      login_.forget();
      continue;
    }
    if (answer->status != 200) co_return problem_of(action, *answer);
    auto object = object_in(answer->body);
    if (!object) co_return problem_of(action, *answer);
    co_return std::move(*object);
  }
}

Problem AwsSecretsManager::problem_of(const std::string& action, const net::HttpResponse& answer) const {
  const auto type = type_of(answer), status = std::to_string(answer.status);
  if (type.empty()) {
    const bool page = answer.header("content-type").starts_with("text/html") || answer.body.starts_with("<");
    return {problems::secrets_foreign, endpoint_ + " answered " + action + " with status " + status +
                                           " and " + (page ? "a web page" : "something else than it should") +
                                           ", as proxies and sign-in pages do"};
  }
  const auto message = message_of(answer);
  return {kind_of(type, answer.status),
          action + ": " + type + (message.empty() ? "" : ", " + message) + request_id_of(answer)};
}

Task<Result<StoredSecret>> AwsSecretsManager::get(std::string name, SteadyTime deadline) {
  const auto reply =
      CO_TRY(co_await call("GetSecretValue", {{"SecretId", name}, {"VersionStage", "AWSCURRENT"}}, deadline));
  const auto version = text_of(reply, "VersionId");
  if (version.empty() || !reply.contains("SecretString"))
    co_return Problem(problems::secret_refused, name + " holds bytes and not text");
  co_return StoredSecret{Secret(text_of(reply, "SecretString")), version, text_of(reply, "ARN")};
}

Task<Result<std::string>> AwsSecretsManager::put(std::string name, Secret value, std::string expected,
                                                 SteadyTime deadline) {
  if (expected.empty()) co_return co_await put_first(std::move(name), std::move(value), deadline);
  co_return co_await put_next(std::move(name), std::move(value), std::move(expected), deadline);
}

Task<Result<std::string>> AwsSecretsManager::put_first(std::string name, Secret value, SteadyTime deadline) {
  const auto now = co_await get(name, deadline);
  if (now) co_return Problem(problems::secret_changed, name + " has a value by now");
  if (!now.error().is(problems::secret_absent))
    co_return Problem(now.error().type(), std::string(now.error().cause()));
  const auto version = first_version(name);
  const json::object write{
      {"SecretId", name}, {"ClientRequestToken", version}, {"SecretString", std::string(value.reveal())}};
  auto reply = co_await call("PutSecretValue", write, deadline);
  if (!reply && reply.error().is(problems::secret_absent) && !name.starts_with("arn:"))
    reply = co_await call(
        "CreateSecret",
        {{"Name", name}, {"ClientRequestToken", version}, {"SecretString", std::string(value.reveal())}},
        deadline);
  if (!reply) co_return std::unexpected(std::move(reply).error());
  co_return version;
}

Task<Result<std::string>> AwsSecretsManager::put_next(std::string name, Secret value, std::string expected,
                                                      SteadyTime deadline) {
  const auto version = fresh_version();
  CO_TRY(co_await call("PutSecretValue",
                       {{"SecretId", name},
                        {"ClientRequestToken", version},
                        {"SecretString", std::string(value.reveal())},
                        {"VersionStages", json::array{kPending}}},
                       deadline));
  auto moved = co_await call("UpdateSecretVersionStage",
                             {{"SecretId", name},
                              {"VersionStage", "AWSCURRENT"},
                              {"MoveToVersionId", version},
                              {"RemoveFromVersionId", expected}},
                             deadline);
  if (moved) co_return version;
  if (!moved.error().is(problems::secret_refused)) co_return std::unexpected(std::move(moved).error());
  // AWS says no more than that a parameter is invalid: either somebody was faster, or an answer of ours was
  // lost and this was the repetition.
  const auto now = CO_TRY(co_await get(name, deadline));
  if (now.version == version) co_return version;
  if (now.version != expected)
    co_return Problem(problems::secret_changed, name + " has another value by now");
  co_return std::unexpected(std::move(moved).error());
}

Task<Result<std::vector<std::string>>> AwsSecretsManager::list(std::string prefix, SteadyTime deadline) {
  std::vector<std::string> names;
  json::object input{{"MaxResults", 100}};
  if (!prefix.empty()) input["Filters"] = {{{"Key", "name"}, {"Values", {prefix}}}};
  for (int page = 0; page < kMaxPages; ++page) {
    const auto reply = CO_TRY(co_await call("ListSecrets", input, deadline));
    const auto* secrets = reply.if_contains("SecretList");
    if (secrets && secrets->is_array())
      for (const auto& one : secrets->as_array())
        if (auto name = one.is_object() ? text_of(one.as_object(), "Name") : "";
            !name.empty() && name.starts_with(prefix))
          names.push_back(std::move(name));
    const auto next = text_of(reply, "NextToken");
    if (next.empty()) break;
    input["NextToken"] = next;
  }
  std::ranges::sort(names);
  co_return names;
}

Task<Result<bool>> AwsSecretsManager::probe(std::string name, SteadyTime deadline) {
  const auto found = co_await get(std::move(name), deadline);
  if (found) co_return true;
  if (found.error().is(problems::secret_absent)) co_return false;
  co_return Problem(found.error().type(), std::string(found.error().cause()));
}

}  // namespace starter::providers
