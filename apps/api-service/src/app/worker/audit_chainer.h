// Links audit events into their tenant's hash chain (starter/audit/chain.h has the bytes).
//
// The transaction that writes an event takes no lock for it: one lock per tenant costs six of seven
// transactions a second. Linking comes afterwards, here, in the order (transaction id, event id), and only
// below the oldest transaction that is still open: nothing can appear before what is linked. One process
// links at a time (a standing job); every transaction checks its fence and locks the head of the chain it
// appends to.
#pragma once

#include "starter/queue/job.h"

namespace starter::worker {

inline constexpr const char* kAuditChainQueue = "audit_chain";

/// Links what is there every 200 ms until the lease is lost or the process drains.
Task<Result<queue::Outcome>> link_audit_events(const Ctx& ctx, queue::Claim& claim);

std::span<const pg::Statement> audit_chainer_queries();

}  // namespace starter::worker
