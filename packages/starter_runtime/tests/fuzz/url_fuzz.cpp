#include <cstdlib>

#include "starter/crypto/pepper.h"
#include "starter/mail/smtp.h"
#include "starter/redis/client.h"

namespace {

void check_host(std::string_view host, unsigned port) {
  if (host.empty() || port == 0) std::abort();
  for (const char c : host) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
      std::abort();  // it is resolved, and stands in logs
  }
}

}  // namespace

// Addresses of servers as an operator writes them.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const Secret input(std::string(reinterpret_cast<const char*>(data), size));
  if (const auto url = mail::SmtpUrl::parse(input)) check_host(url->host, url->port);
  if (const auto url = redis::Url::parse(input)) check_host(url->host, url->port);
  if (const auto peppers = crypto::Peppers::parse(input)) {
    for (const auto& entry : peppers->entries()) {
      if (entry.value.size() < crypto::Peppers::min_length || !peppers->find(entry.id)) std::abort();
    }
  }
  return 0;
}
