#include "app/infrastructure/idempotency.h"

#include <charconv>

#include "starter/crypto/hash.h"
#include "starter/postgres/database.h"
#include "starter/postgres/idempotency.h"

namespace starter {
namespace {

constexpr size_t kMinKey = 8, kMaxKey = 128;

bool usable(std::string_view key) {
  return key.size() >= kMinKey && key.size() <= kMaxKey &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string digest(std::string_view text) {
  return std::string(crypto::bytes_of(crypto::sha256(text)));
}

/// status, then name and value of each header, then the body, separated by zero bytes.
std::string serialise(const http::Reply& reply) {
  std::string out = std::to_string(reply.status);
  for (const auto& [name, value] : reply.headers) (out += '\0').append(name).append(1, '\0').append(value);
  out.append(2, '\0').append(reply.body);
  return out;
}

http::Reply deserialise(std::string_view text) {
  http::Reply reply{.headers = {}};
  const size_t end = text.find(std::string_view("\0\0", 2));
  auto head = text.substr(0, end);
  reply.body = text.substr(end + 2);
  const auto next = [&] {
    const size_t zero = std::min(head.find('\0'), head.size());
    const auto part = head.substr(0, zero);
    head.remove_prefix(std::min(zero + 1, head.size()));
    return part;
  };
  const auto status = next();
  std::from_chars(status.data(), status.data() + status.size(), reply.status);
  while (!head.empty()) {
    const auto name = next();
    reply.headers.emplace_back(name, next());
  }
  if (reply.status == 204) reply.content_type = {};
  return reply;
}

}  // namespace

std::optional<Secret> StoredReplies::open(std::string_view sealed, std::string_view key_hash) const {
  for (const auto& entry : keys_.entries()) {
    if (auto opened = crypto::aes_gcm_open(entry.value, sealed, key_hash)) return opened;
  }
  return std::nullopt;
}

Task<Result<http::Reply>> StoredReplies::run(Ctx& ctx, const http::Route& route, http::Call& call) {
  const auto key = call.request.header("Idempotency-Key");
  if (key.empty()) co_return co_await route.thunk(call);
  if (!usable(key)) {
    co_return Problem{problems::request_invalid}.with_field(
        "", "idempotency_key", "Idempotency-Key must be 8 to 128 visible ASCII characters");
  }
  pg::IdempotencyClaim claim(ctx.who().tenant.value_or(Uuid{}), std::string(route.info.operation),
                             digest(key),
                             digest(std::string(call.request.path) + '\0' + std::string(call.request.body)));
  if (!route.of_tenant()) claim.tenant = Uuid{};
  ctx.idempotency = &claim;
  auto reply = co_await route.thunk(call);
  ctx.idempotency = nullptr;
  if (!reply && reply.error().is(problems::idempotent_replay)) {
    const auto opened = open(claim.stored->value, claim.key_hash.value);
    if (!opened) co_return Problem{problems::internal, "a stored reply can't be decrypted"};
    auto again = deserialise(opened->reveal());
    again.headers.emplace_back("Idempotency-Replayed", "true");
    co_return again;
  }
  if (!reply) co_return std::move(reply);
  if (!claim.parked)
    co_return Problem{problems::internal, "an idempotent route made its change outside a transaction"};
  Bytes sealed{crypto::aes_gcm_seal(keys_.first(), serialise(*reply), claim.key_hash.value)};
  CO_TRY(co_await pg::complete(ctx, claim, std::move(sealed)));
  co_return std::move(reply);
}

}  // namespace starter
