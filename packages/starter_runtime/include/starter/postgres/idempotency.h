// Idempotency keys inside the effect's own transaction.
//
// When a request brings an Idempotency-Key, its Ctx carries a claim. The first transaction that the handler
// opens inserts the claim before anything else, and its commit is put off ("parked") until the reply is known
// and stored with it: effect, claim and reply become durable together or not at all. The handler knows
// nothing of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/core/types.h"
#include "starter/postgres/query.h"

namespace starter {
class Ctx;
}

namespace starter::problems {
/// Raised inside the process only: the claim holds the stored reply.
inline constexpr ProblemType idempotent_replay{"idempotency.replay", 409, "This request was answered before",
                                               ""};
}  // namespace starter::problems

namespace starter::pg {

class Lease;

struct IdempotencyClaim {
  IdempotencyClaim(Uuid tenant, std::string route, std::string key_hash, std::string body_hash);
  ~IdempotencyClaim();

  Uuid tenant;  // nil on routes without one
  std::string route;
  Bytes key_hash, body_hash;
  std::optional<Bytes> stored;    // the reply of the first request, sealed
  std::unique_ptr<Lease> parked;  // its transaction waits for the reply
};

std::span<const Statement> idempotency_queries();

/// Stores the sealed reply with the parked transaction and commits both.
Task<Result<>> complete(const Ctx& ctx, IdempotencyClaim& claim, Bytes sealed_reply);
/// Rolls the parked transaction back, after the handler failed.
void abandon(IdempotencyClaim& claim);

namespace detail {
/// Opens the transaction on `lease` with the claim; problems::idempotent_replay if the key was used.
Task<Result<>> open_claim(const Ctx& ctx, IdempotencyClaim& claim, Lease& lease);
}  // namespace detail

}  // namespace starter::pg
