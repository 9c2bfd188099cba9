// AWS Signature Version 4, by header: what proves to AWS who sent a request and that nobody changed it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/secret.h"

namespace starter::providers {

/// Who signs. Keys of a role have a token and an end.
struct AwsCredentials {
  std::string key_id;
  Secret key, token;
  std::optional<WallTime> expires{};
  std::string from{};  // "profile ops", for people
};

/// A request before it is encoded: path and query hold what is meant, not what goes over the wire.
struct AwsRequest {
  std::string method = "POST";
  std::string host;
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query{}, headers{};
  std::string_view body{};
};

struct AwsScope {
  std::string region, service;
  WallTime now{};
  bool normalise_path = true;  // every service but S3
  bool sign_body = false;      // adds x-amz-content-sha256
  bool sign_token = true;      // a few services want the token added after signing
};

struct AwsSignature {
  std::vector<std::pair<std::string, std::string>> headers;  // to add: x-amz-date, authorization, ...
  std::string canonical_request, string_to_sign, signature;
};

AwsSignature sign(const AwsRequest& request, const AwsScope& scope, const AwsCredentials& credentials);

/// Everything but letters, digits, - . _ ~ as %XX.
std::string uri_encode(std::string_view text, bool keep_slashes = false);

}  // namespace starter::providers
