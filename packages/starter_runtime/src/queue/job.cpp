#include "starter/queue/job.h"

#include "starter/core/context.h"
#include "starter/crypto/hash.h"
#include "statements.h"

namespace starter::queue {

Task<bool> Claim::pause(std::chrono::milliseconds time) {
  if (draining_ || lost_) co_return false;
  pause_.expires_after(time);
  co_await pause_.async_wait(net::as_tuple);
  co_return !draining_ && !lost_;
}

template <pg::Purpose P>
Task<Result<>> Claim::hold(pg::Transaction<P>& transaction) const {
  const auto row = CO_TRY(co_await transaction.maybe(kHold<P>, job_.id, job_.fence));
  if (!row) co_return Problem{problems::lease_lost};
  co_return Result<>{};
}

template <pg::Purpose P>
Task<Result<>> Claim::complete(pg::Transaction<P>& transaction) const {
  const size_t rows = CO_TRY(co_await transaction.execute(kDone<P>, job_.id, job_.fence));
  if (rows == 0) co_return Problem{problems::lease_lost};
  co_return Result<>{};
}

template Task<Result<>> Claim::hold(pg::WorkerTransaction&) const;
template Task<Result<>> Claim::hold(pg::TenantTransaction&) const;
template Task<Result<>> Claim::complete(pg::WorkerTransaction&) const;
template Task<Result<>> Claim::complete(pg::TenantTransaction&) const;

template <pg::Purpose P>
Task<Result<>> enqueue(pg::Transaction<P>& transaction, NewJob job) {
  CO_TRY(co_await transaction.execute(kAdd<P>, job.id, job.queue, job.tenant_id, job.payload,
                                      job.delay.count()));
  co_return Result<>{};
}
template Task<Result<>> enqueue(pg::WorkerTransaction&, NewJob);
template Task<Result<>> enqueue(pg::TenantTransaction&, NewJob);

Uuid standing_id(std::string_view queue) {
  const auto digest = crypto::sha256("starter standing job " + std::string(queue));
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<unsigned char>((id.bytes[6] & 0x0F) | 0x80);  // version 8: RFC 9562 section 5.8
  id.bytes[8] = static_cast<unsigned char>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

Task<Result<>> ensure_standing(const Ctx& ctx, std::string queue) {
  CO_TRY(
      co_await ctx.worker().execute(kAdd<pg::Worker>, standing_id(queue), queue, std::nullopt, RawJson{}, 0));
  co_return Result<>{};
}

std::span<const pg::Statement> statements() {
  static constexpr pg::Statement all[] = {kHold<pg::Worker>.statement(),
                                          kHold<pg::Tenant>.statement(),
                                          kDone<pg::Worker>.statement(),
                                          kDone<pg::Tenant>.statement(),
                                          kAdd<pg::Worker>.statement(),
                                          kAdd<pg::Tenant>.statement(),
                                          kClaim.statement(),
                                          kBeat.statement(),
                                          kAgain.statement(),
                                          kFail.statement(),
                                          kRelease.statement(),
                                          kDepth.statement()};
  return all;
}

}  // namespace starter::queue
