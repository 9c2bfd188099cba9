#include "app/infrastructure/news.h"

#include <stdexcept>

namespace starter {

redis::Options redis_options(const Secret& url, const net::TlsClient& tls) {
  auto parsed = redis::Url::parse(url);
  if (!parsed) throw std::runtime_error(std::string("REDIS_URL can't be used: ") + parsed.error());
  return {.url = std::move(*parsed), .tls = &tls};
}

}  // namespace starter
