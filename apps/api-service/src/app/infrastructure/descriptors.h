// How many files and sockets this process may have open.
#pragma once

#include <cstddef>

namespace starter {

/// Raises the limit that the process was started with (1,024 in most shells, for the sake of programs that
/// use select(2)) to the highest that it may have (getrlimit(2)), and answers that.
size_t allow_all_descriptors();

/// How many clients each of `threads` may serve, so that files, Postgres, Redis and mail still find
/// descriptors while all places are taken; at most 12,000.
size_t clients_per_thread(size_t descriptors, size_t threads);

}  // namespace starter
