// Signs the heads of the audit chains every minute, with a key that nothing else uses.
//
// Whoever can write the database can rewrite a chain; they can't sign, and what was signed is also in the
// log, where the database can't reach it. A checkpoint names the heads that moved since the one before; the
// first of a process and one a day name all.
#pragma once

#include <map>

#include "app/infrastructure/keys.h"
#include "starter/observe/log.h"
#include "starter/queue/job.h"

namespace starter::worker {

inline constexpr const char* kAuditCheckpointQueue = "audit_checkpoint";

class AuditCheckpoints {
 public:
  AuditCheckpoints(const Keys& keys, observe::Logger& log, std::chrono::milliseconds period)
      : keys_(keys),
        log_(log),
        period_(period) {}

  Task<Result<queue::Outcome>> run(const Ctx& ctx, queue::Claim& claim);

 private:
  Task<Result<>> write(const Ctx& ctx, queue::Claim& claim);

  const Keys& keys_;
  observe::Logger& log_;
  const std::chrono::milliseconds period_;
  std::optional<Uuid> last_;  // the newest one, if this process wrote it
  SteadyTime last_full_{};
  std::map<Uuid, int64_t> signed_;  // how far each chain is signed, by checkpoints of this process
};

std::span<const pg::Statement> audit_checkpoint_queries();

}  // namespace starter::worker
