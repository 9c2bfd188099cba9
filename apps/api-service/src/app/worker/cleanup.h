// Deletes what has expired, in batches that no request notices.
#pragma once

#include "starter/observe/log.h"
#include "starter/queue/job.h"

namespace starter::worker {

inline constexpr const char* kCleanupQueue = "cleanup";

/// Every five minutes until the process drains: sign-ups, resets, sessions and revocations past their expiry
/// (row-level security keeps those that are not out of reach), idempotency keys older than a day, jobs done a
/// day ago, tokens of service accounts a month and nonces of signed requests an hour after their end. Dead
/// letters stay until somebody has looked at them.
Task<Result<queue::Outcome>> clean_up(const Ctx& ctx, queue::Claim& claim, observe::Logger& log,
                                      std::chrono::milliseconds period);

std::span<const pg::Statement> cleanup_queries();

}  // namespace starter::worker
