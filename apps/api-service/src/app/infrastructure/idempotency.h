// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) for every route that says it is idempotent.
#pragma once

#include "starter/crypto/pepper.h"
#include "starter/http/service.h"

namespace starter {

class StoredReplies final : public http::Idempotency {
 public:
  /// Stored replies are encrypted: they may hold what only their owner should read. The first secret seals,
  /// each of them opens what it sealed before.
  explicit StoredReplies(const crypto::Peppers& secrets)
      : keys_(secrets.derive("starter stored replies v1")) {}

  Task<Result<http::Reply>> run(Ctx& ctx, const http::Route& route, http::Call& call) override;

 private:
  std::optional<Secret> open(std::string_view sealed, std::string_view key_hash) const;

  crypto::Peppers keys_;
};

}  // namespace starter
