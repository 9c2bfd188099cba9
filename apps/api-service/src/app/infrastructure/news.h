// What processes tell each other through Redis. A word there is only ever a hint to look now: what counts
// stands in Postgres, where everybody looks without being told, a little later.
#pragma once

#include "starter/redis/client.h"

namespace starter {

/// Access tokens were revoked.
inline constexpr const char* kRevocationChannel = "revocations";
/// A mail was queued.
inline constexpr const char* kMailChannel = "mail";

/// Throws with a sentence when REDIS_URL can't be used. `tls` outlives the client.
redis::Options redis_options(const Secret& url, const net::TlsClient& tls);

}  // namespace starter
