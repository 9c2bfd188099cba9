#include "starter/providers/sigv4.h"

#include <algorithm>
#include <map>

#include "starter/core/types.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::providers {

namespace {

std::string hex_sha256(std::string_view text) {
  return crypto::hex_encode(crypto::bytes_of(crypto::sha256(text)));
}

/// "20150830T123600Z" from "2015-08-30T12:36:00.000000Z".
std::string compact_time(WallTime now) {
  std::string out;
  for (const char c : Timestamp{std::chrono::floor<std::chrono::seconds>(now)}.text()) {
    if (c == '.') break;
    if (c != '-' && c != ':' && c != 'Z') out += c;
  }
  return out + 'Z';
}

/// Without empty and "." segments, and ".." takes the one before it away.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  for (size_t at = 0; at <= path.size();) {
    const size_t slash = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, slash - at);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    at = slash + 1;
  }
  std::string out;
  for (const auto segment : kept) out += '/' + std::string(segment);
  return out.empty() ? "/" : path.ends_with('/') ? out + '/' : out;
}

std::string canonical_query(const AwsRequest& request) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : request.query) pairs.emplace_back(uri_encode(name), uri_encode(value));
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) out += (out.empty() ? "" : "&") + name + '=' + value;
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

/// Trimmed, and runs of blanks as one.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

crypto::Digest chain(const crypto::Digest& key, std::string_view text) {
  return crypto::hmac_sha256(crypto::bytes_of(key), text);
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slashes) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (keep_slashes && c == '/');
    if (plain)
      out += static_cast<char>(c);
    else
      out += {'%', kHex[c >> 4], kHex[c & 15]};
  }
  return out;
}

AwsSignature sign(const AwsRequest& request, const AwsScope& scope, const AwsCredentials& credentials) {
  AwsSignature out;
  const auto time = compact_time(scope.now), day = time.substr(0, 8);
  const auto body_hash = hex_sha256(request.body);
  out.headers.emplace_back("x-amz-date", time);
  if (scope.sign_body) out.headers.emplace_back("x-amz-content-sha256", body_hash);
  const std::pair<std::string, std::string> token{"x-amz-security-token",
                                                  std::string(credentials.token.reveal())};
  if (!credentials.token.empty() && scope.sign_token) out.headers.push_back(token);

  std::map<std::string, std::string> headers{{"host", request.host}};
  for (const auto* list : {&request.headers, &std::as_const(out.headers)}) {
    for (const auto& [name, value] : *list) {
      auto& all = headers[lower(name)];
      all += (all.empty() ? "" : ",") + canonical_value(value);
    }
  }
  std::string lines, names;
  for (const auto& [name, value] : headers) {
    lines += name + ':' + value + '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  const auto path = scope.normalise_path ? without_dots(request.path) : request.path;
  out.canonical_request = request.method + '\n' + uri_encode(path, true) + '\n' + canonical_query(request) +
                          '\n' + lines + '\n' + names + '\n' + body_hash;

  const auto where = day + '/' + scope.region + '/' + scope.service + "/aws4_request";
  out.string_to_sign = "AWS4-HMAC-SHA256\n" + time + '\n' + where + '\n' + hex_sha256(out.canonical_request);
  const Secret start("AWS4" + std::string(credentials.key.reveal()));
  auto key = crypto::hmac_sha256(start.reveal(), day);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")})
    key = chain(key, part);
  out.signature = crypto::hex_encode(crypto::bytes_of(chain(key, out.string_to_sign)));
  if (!credentials.token.empty() && !scope.sign_token) out.headers.push_back(token);
  out.headers.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.key_id + '/' +
                                                where + ", SignedHeaders=" + names +
                                                ", Signature=" + out.signature);
  return out;
}

}  // namespace starter::providers
