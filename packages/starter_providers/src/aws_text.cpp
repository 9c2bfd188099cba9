#include "aws_text.h"

#include <algorithm>
#include <boost/json.hpp>

#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/providers/secret_store.h"

namespace starter::providers {

namespace json = boost::json;

namespace {

std::string text_of(const json::value& value, const char* name) {
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains(name) : nullptr;
  return found && found->is_string() ? std::string(found->as_string()) : "";
}

Result<AwsCredentials> complete(AwsCredentials keys, const std::string& expires) {
  Timestamp end;
  const bool good = !keys.key_id.empty() && !keys.key.empty();
  if (!good || (!expires.empty() && Timestamp::from_text(expires, end) != nullptr))
    return Problem(problems::secrets_foreign, keys.from + " answered, but not with keys");
  if (!expires.empty()) keys.expires = end.at;
  return keys;
}

}  // namespace

std::string element(std::string_view xml, const std::string& name) {
  const auto open = '<' + name + '>';
  const size_t from = xml.find(open), to = xml.find("</" + name + '>');
  if (from == xml.npos || to == xml.npos || to < from + open.size()) return "";
  return std::string(xml.substr(from + open.size(), to - from - open.size()));
}

std::map<std::string, std::string> profile_section(std::string_view text, std::string_view wanted) {
  std::map<std::string, std::string> out;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const auto whole = text.substr(at, end - at);
    const auto line = trimmed(whole);
    at = end + 1;
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = trimmed(line.substr(1, line.find(']') - 1)) == wanted;
      continue;
    }
    const size_t equals = line.find('=');
    const bool nested = whole.front() == ' ' || whole.front() == '\t';
    if (inside && !nested && equals != line.npos)
      out[std::string(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
  }
  return out;
}

Result<AwsCredentials> keys_in_json(const std::string& body, std::string from) {
  boost::system::error_code error;
  const auto reply = json::parse(body, error);
  if (error) return Problem(problems::secrets_foreign, from + " answered, but not with JSON");
  return complete({.key_id = text_of(reply, "AccessKeyId"),
                   .key = Secret(text_of(reply, "SecretAccessKey")),
                   .token = Secret(text_of(reply, "Token")),
                   .from = std::move(from)},
                  text_of(reply, "Expiration"));
}

Result<AwsCredentials> keys_in_xml(const std::string& body, std::string from) {
  return complete({.key_id = element(body, "AccessKeyId"),
                   .key = Secret(element(body, "SecretAccessKey")),
                   .token = Secret(element(body, "SessionToken")),
                   .from = std::move(from)},
                  element(body, "Expiration"));
}

}  // namespace starter::providers
