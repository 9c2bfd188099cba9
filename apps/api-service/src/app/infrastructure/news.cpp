#include "app/infrastructure/news.h"

#include <stdexcept>

namespace starter {

redis::Options redis_options(const Settings& s, const net::TlsClient& tls) {
  auto url = redis::Url::parse(s.redis_url);
  if (!url) throw std::runtime_error(std::string("REDIS_URL can't be used: ") + url.error());
  return {.url = std::move(*url), .tls = &tls};
}

}  // namespace starter
