#include "starter/testing/canary.h"

#include <cctype>

#include "starter/crypto/encoding.h"

namespace starter::test {

namespace {

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~')
      out += static_cast<char>(c);
    else
      out += "%" + crypto::hex_encode(std::string(1, static_cast<char>(c)));
  }
  return out;
}

std::vector<std::string> spellings(const std::string& secret) {
  const std::string hex = crypto::hex_encode(secret), percent = percent_encoded(secret);
  std::vector<std::string> out{secret, hex, upper(hex), percent, percent_encoded(percent)};
  for (size_t before = 0; before < 3; ++before) {
    auto coded = crypto::base64url_encode(std::string(before, 'x') + secret);
    coded = coded.substr(before == 0 ? 0 : before + 1);
    coded.resize(coded.size() - 3);
    out.push_back(coded);
    for (auto& c : coded) c = c == '-' ? '+' : c == '_' ? '/' : c;
    out.push_back(coded);
  }
  return out;
}

}  // namespace starter::test
