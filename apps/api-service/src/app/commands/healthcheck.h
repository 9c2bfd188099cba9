// Is the process of this container alive? For container health checks: no curl, no shell, three seconds.
#pragma once

#include <cstdint>

namespace starter {

/// 0 when http://127.0.0.1:`port`/health answers 200 within three seconds, else 1 with a sentence on stderr.
int healthcheck(uint16_t port);

}  // namespace starter
