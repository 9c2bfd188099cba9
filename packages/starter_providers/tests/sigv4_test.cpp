// The vendor's own suite of signed requests.
#include "starter/providers/sigv4.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "starter/core/types.h"

namespace starter::providers {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& object, const char* name) {
  const auto* found = object.as_object().if_contains(name);
  return found ? std::string(found->as_string()) : "";
}

bool flag_of(const json::value& object, const char* name) {
  const auto* found = object.as_object().if_contains(name);
  return found && found->as_bool();
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// The request as it stands in the suite: a line, headers that may go on in the next line, a blank line,
/// body.
struct Parsed {
  explicit Parsed(const std::string& text) {
    const size_t end = std::min(text.find("\n\n"), text.size());
    body = end + 2 <= text.size() ? text.substr(end + 2) : "";
    std::string head = text.substr(0, end);
    const auto line = head.substr(0, head.find('\n'));
    request.method = line.substr(0, line.find(' '));
    const auto target = line.substr(line.find(' ') + 1, line.rfind(' ') - line.find(' ') - 1);
    request.path = percent_decoded(target.substr(0, target.find('?')));
    if (const size_t query = target.find('?'); query != target.npos) add_query(target.substr(query + 1));
    head.erase(0, line.size() + 1);
    add_headers(head);
    request.body = body;
  }
  void add_query(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('&', at), text.size());
      const auto pair = text.substr(at, end - at);
      const size_t equals = std::min(pair.find('='), pair.size() - 1);
      request.query.emplace_back(percent_decoded(pair.substr(0, equals)),
                                 percent_decoded(pair.substr(equals + 1)));
      at = end + 1;
    }
  }
  void add_headers(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      const auto header = text.substr(at, end - at);
      at = end + 1;
      if (header.empty()) continue;
      if (header.starts_with(' '))
        request.headers.back().second += '\n' + header;
      else if (header.starts_with("Host:"))
        request.host = header.substr(5);
      else
        request.headers.emplace_back(header.substr(0, header.find(':')), header.substr(header.find(':') + 1));
    }
  }
  std::string body;
  AwsRequest request;
};

TEST(SignatureVersion4, SignsTheVendorsWholeSuite) {
  std::ifstream file(STARTER_SOURCE "/packages/starter_providers/tests/vectors/sigv4.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto suite = json::parse(text);
  ASSERT_EQ(suite.at("cases").as_array().size(), 38u);
  for (const auto& one : suite.at("cases").as_array()) {
    SCOPED_TRACE(text_of(one, "name"));
    const auto& context = one.at("context");
    const auto& keys = context.at("credentials");
    Timestamp now;
    ASSERT_EQ(Timestamp::from_text(text_of(context, "timestamp"), now), nullptr);
    const Parsed parsed(text_of(one, "request"));
    const auto signature = sign(parsed.request,
                                {.region = text_of(context, "region"),
                                 .service = text_of(context, "service"),
                                 .now = now.at,
                                 .normalise_path = flag_of(context, "normalize"),
                                 .sign_body = flag_of(context, "sign_body"),
                                 .sign_token = !flag_of(context, "omit_session_token")},
                                {.key_id = text_of(keys, "access_key_id"),
                                 .key = Secret(text_of(keys, "secret_access_key")),
                                 .token = Secret(text_of(keys, "token"))});
    EXPECT_EQ(signature.canonical_request, text_of(one, "canonical_request"));
    EXPECT_EQ(signature.string_to_sign, text_of(one, "string_to_sign"));
    EXPECT_EQ(signature.signature, text_of(one, "signature"));
  }
}

TEST(SignatureVersion4, ChangesWithEveryPart) {
  const AwsCredentials keys{.key_id = "AKID", .key = Secret("key"), .token = Secret("")};
  const AwsRequest request{.host = "example.com", .body = "a"};
  const AwsScope scope{.region = "eu-central-1", .service = "secretsmanager", .now = {}};
  const auto original = sign(request, scope, keys).signature;
  auto other = request;
  other.body = "b";
  EXPECT_NE(sign(other, scope, keys).signature, original);
  other = request;
  other.host = "example.org";
  EXPECT_NE(sign(other, scope, keys).signature, original);
  auto elsewhere = scope;
  elsewhere.region = "eu-west-1";
  EXPECT_NE(sign(request, elsewhere, keys).signature, original);
}

}  // namespace
}  // namespace starter::providers
