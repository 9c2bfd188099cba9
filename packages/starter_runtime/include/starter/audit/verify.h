// Checks every audit chain of a database: what `audit verify` runs.
#pragma once

#include <functional>

#include "starter/audit/chain.h"
#include "starter/core/context.h"
#include "starter/crypto/jwks.h"

namespace starter::audit {

/// A checkpoint that is known from elsewhere (the log): the database must still have it. Without one,
/// checkpoints that were cut off together with the links behind them can't be missed.
struct KnownCheckpoint {
  Uuid id;
  std::string digest;  // raw
};

struct VerifyOptions {
  std::optional<KnownCheckpoint> known;
  size_t most_findings = 100;
  /// Told after each page how many links were checked, of how many there were at the start.
  std::function<void(uint64_t checked, uint64_t of)> on_page{};
};

struct VerifyReport {
  /// The first bad row of each chain, smallest tenant first; findings about checkpoints come before them and
  /// have a nil tenant. Empty: all is well.
  std::vector<Finding> findings;
  int64_t chains = 0, events = 0, erased = 0, checkpoints = 0;
};

/// Reads with whatever role `ctx.database` logs in as; it needs SELECT on the audit tables (worker, backup,
/// owner). `keys` verify the checkpoints: a checkpoint by another key is a finding. The deadline of `ctx`
/// bounds the whole run.
Task<Result<VerifyReport>> verify(const Ctx& ctx, std::vector<crypto::VerifyingKey> keys,
                                  VerifyOptions options);

/// Every statement of this component.
std::span<const pg::Statement> verify_statements();

}  // namespace starter::audit
