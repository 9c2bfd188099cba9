// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) for every route that says it is idempotent.
#pragma once

#include "starter/core/secret.h"
#include "starter/http/service.h"

namespace starter {

class StoredReplies final : public http::Idempotency {
 public:
  /// `key` (32 bytes) encrypts stored replies: they may hold what only their owner should read.
  explicit StoredReplies(Secret key) : key_(std::move(key)) {}

  Task<Result<http::Reply>> run(Ctx& ctx, const http::Route& route, http::Call& call) override;

 private:
  Secret key_;
};

}  // namespace starter
