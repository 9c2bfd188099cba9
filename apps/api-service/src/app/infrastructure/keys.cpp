#include "app/infrastructure/keys.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <filesystem>
#include <stdexcept>

#include "starter/core/completion.h"
#include "starter/core/report.h"
#include "starter/net/timer.h"
#include "starter/providers/stored_keyset.h"

namespace starter {

namespace {

using namespace std::chrono_literals;

// With a secret manager: at the start, and while the service runs and may be asked to stop.
constexpr auto kPatience = 30s, kPollPatience = 5s;
constexpr auto kAtMostEvery = 5s;

/// For the time before the loops run.
Result<> run_to_the_end(asio::io_context& loop, Task<Result<>> task) {
  std::optional<Result<>> result;
  std::exception_ptr thrown;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, Result<> value) {
    thrown = error;
    result.emplace(std::move(value));
  });
  while (!result && loop.run_one() > 0) {
  }
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

}  // namespace

Keys::Keys(std::string path, bool create, const Clock& clock) : file_(path), clock_(clock) {
  if (create && !std::filesystem::exists(path)) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    if (const auto wrong = crypto::save_keyset_file(path, crypto::Keyset::create(clock.now()));
        !wrong.empty()) {
      throw std::runtime_error(wrong);
    }
  }
  if (file_->poll() == crypto::KeysetFile::Poll::failed) throw std::runtime_error(file_->error());
  current_.store(file_->current());
}

Keys::Keys(Stored stored, const Clock& clock) : stored_(std::move(stored)), clock_(clock) {
  asio::io_context loop{1};
  const auto store = stored_->open(loop.get_executor());
  if (const auto loaded = run_to_the_end(loop, load_or_create(*store)); !loaded) {
    const auto& problem = loaded.error();
    throw std::runtime_error("the signing keys can't be read from the secret " + stored_->name + ": " +
                             std::string(problem.type().title) + " (" + std::string(problem.cause()) + "). " +
                             std::string(problem.type().fix) + " See: starter-console auth keys status");
  }
}

Task<Result<>> Keys::load_or_create(providers::SecretStore& store) {
  const auto deadline = net::deadline_in(kPatience);
  auto found = co_await providers::get_keyset(store, stored_->name, deadline);
  if (!found && found.error().is(providers::problems::secret_absent)) {
    const auto fresh = crypto::Keyset::create(clock_.now());
    const auto written = co_await providers::put_keyset(store, stored_->name, fresh, "", deadline);
    if (!written && !written.error().is(providers::problems::secret_changed))
      co_return Problem(written.error().type(), std::string(written.error().cause()));
    found =
        co_await providers::get_keyset(store, stored_->name, deadline);  // ours, or that of who was faster
  }
  if (!found) co_return std::unexpected(std::move(found).error());
  version_ = found->version;
  current_.store(std::make_shared<const crypto::Keyset>(std::move(found->keyset)));
  co_return Result<>{};
}

Task<> Keys::follow(Executor executor) {
  net::Timer pause(executor);
  pause_ = &pause;
  const auto store = stored_ ? stored_->open(executor) : nullptr;
  for (auto waited = 1s; !stopping_; ++waited) {
    pause.expires_after(1s);
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(use_task, ignored));
    if (stopping_) break;
    if (!store) {
      poll_file();
    } else if (waited >= stored_->every || (waited >= kAtMostEvery && missed_.exchange(false))) {
      co_await poll_store(*store);
      waited = 0s;
    }
  }
  pause_ = nullptr;
}

void Keys::stop() {
  stopping_ = true;
  if (pause_) pause_->cancel();
}

// The last good keyset stays in use: a half-written or unreadable one must not end every session.
void Keys::poll_file() {
  switch (file_->poll()) {
    case crypto::KeysetFile::Poll::unchanged:
      break;
    case crypto::KeysetFile::Poll::changed:
      current_.store(file_->current());
      break;
    case crypto::KeysetFile::Poll::failed:
      report_bug("keyset file", file_->error());
      break;
  }
}

Task<> Keys::poll_store(providers::SecretStore& store) {
  auto found = co_await providers::get_keyset(store, stored_->name, net::deadline_in(kPollPatience));
  if (!found) {
    const auto& problem = found.error();
    report_bug("keyset secret", std::string(problem.type().title) + ": " + std::string(problem.cause()));
  } else if (found->version != version_) {
    version_ = found->version;
    current_.store(std::make_shared<const crypto::Keyset>(std::move(found->keyset)));
  }
}

}  // namespace starter
