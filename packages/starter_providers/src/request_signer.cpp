#include "starter/providers/request_signer.h"

#include <charconv>

#include "starter/core/published.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "starter/crypto/pepper.h"
#include "starter/providers/registry.h"

namespace starter::providers {

namespace {

using namespace std::chrono_literals;
using crypto::Peppers;

/// The same secret may serve other uses: what is signed here means nothing there.
constexpr std::string_view kUse = "starter signed request v1";
/// A proof that does not fit may be of a secret that was added a moment ago; strangers can't make us ask more
/// often.
constexpr auto kAskAgain = 5s;

std::string proof_of(const Secret& key, std::string_view message) {
  return crypto::base64url_encode(crypto::bytes_of(crypto::hmac_sha256(key.reveal(), message)));
}

bool fits(const Peppers& keys, std::string_view message, std::string_view proof) {
  bool ours = false;
  for (const auto& key : keys.entries())
    ours |= crypto::constant_time_equal(proof_of(key.value, message), proof);
  return ours;
}

class SettingSigner final : public RequestSigner {
 public:
  explicit SettingSigner(const Peppers& keys) : keys_(keys.derive(kUse)) {}

  Task<Result<std::string>> sign(std::string message, SteadyTime) override {
    co_return proof_of(keys_.first(), message);
  }
  Task<Result<bool>> verify(std::string message, std::string proof, SteadyTime) override {
    co_return fits(keys_, message, proof);
  }

 private:
  Peppers keys_;
};

class StoredSecretSigner final : public RequestSigner {
 public:
  StoredSecretSigner(std::string provider, std::string name, std::chrono::seconds keep,
                     Environment environment)
      : provider_(std::move(provider)),
        name_(std::move(name)),
        keep_(keep),
        environment_(std::move(environment)) {}

  Task<Result<std::string>> sign(std::string message, SteadyTime deadline) override {
    const auto loaded = CO_TRY(co_await load(keep_, deadline));
    co_return proof_of(loaded->keys.first(), message);
  }

  Task<Result<bool>> verify(std::string message, std::string proof, SteadyTime deadline) override {
    auto loaded = CO_TRY(co_await load(keep_, deadline));
    if (fits(loaded->keys, message, proof)) co_return true;
    const auto newer = CO_TRY(co_await load(std::min<std::chrono::seconds>(keep_, kAskAgain), deadline));
    co_return newer != loaded&& fits(newer->keys, message, proof);
  }

 private:
  struct Loaded {
    Peppers keys;
    SteadyTime at;
  };

  /// What is not older than `keep`.
  Task<Result<std::shared_ptr<const Loaded>>> load(std::chrono::seconds keep, SteadyTime deadline) {
    const auto now = Clock::system().steady();
    if (auto known = loaded_.load(); known && now - known->at < keep) co_return known;
    const Executor executor = co_await asio::this_coro::executor;
    auto store = open_secret_store(provider_, executor, environment_);
    if (!store) co_return Problem(problems::signing_secret_unusable, std::move(store).error());
    std::string name = name_;
    const auto stored = CO_TRY(co_await (*store)->get(std::move(name), deadline));
    const auto keys = Peppers::parse(stored.value);
    if (!keys) co_return Problem(problems::signing_secret_unusable, keys.error());
    auto fresh = std::make_shared<const Loaded>(Loaded{keys->derive(kUse), now});
    loaded_.store(fresh);
    co_return fresh;
  }

  const std::string provider_, name_;
  const std::chrono::seconds keep_;
  const Environment environment_;
  Published<Loaded> loaded_;
};

std::chrono::seconds cache_time(const Environment& environment) {
  const auto text = environment("AWS_SM_CACHE_TTL_SECONDS");
  int64_t seconds = 60;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(seconds);
}

}  // namespace

std::expected<std::unique_ptr<RequestSigner>, std::string> open_request_signer(Environment environment) {
  if (const Secret setting(environment("SERVICE_ACCOUNT_SIGNING_SECRET")); !setting.empty()) {
    const auto keys = Peppers::parse(setting);
    if (!keys) return std::unexpected(std::string("SERVICE_ACCOUNT_SIGNING_SECRET ") + keys.error());
    return std::make_unique<SettingSigner>(*keys);
  }
  const auto provider = environment("SECRETS_PROVIDER");
  const auto variable = signing_variable(provider);
  if (variable.empty())
    return std::unexpected(
        "neither SERVICE_ACCOUNT_SIGNING_SECRET is set nor does SECRETS_PROVIDER name a secret manager that "
        "this "
        "release can reach");
  auto name = environment(variable);
  if (name.empty()) return std::unexpected(std::string(variable) + " does not name the signing secret");
  const auto keep = cache_time(environment);
  return std::make_unique<StoredSecretSigner>(provider, std::move(name), keep, std::move(environment));
}

}  // namespace starter::providers
