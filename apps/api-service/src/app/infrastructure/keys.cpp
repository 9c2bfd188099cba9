#include "app/infrastructure/keys.h"

#include <boost/asio/redirect_error.hpp>
#include <filesystem>
#include <stdexcept>

#include "starter/core/completion.h"
#include "starter/core/report.h"
#include "starter/net/timer.h"

namespace starter {

Keys::Keys(std::string path, bool create, const Clock& clock) : file_(path), clock_(clock) {
  if (create && !std::filesystem::exists(path)) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    if (const auto wrong = crypto::save_keyset_file(path, crypto::Keyset::create(clock.now()));
        !wrong.empty()) {
      throw std::runtime_error(wrong);
    }
  }
  if (file_.poll() == crypto::KeysetFile::Poll::failed) throw std::runtime_error(file_.error());
  current_.store(file_.current());
}

Task<> Keys::follow(Executor executor) {
  net::Timer pause(executor);
  while (!stopping_) {
    pause.expires_after(std::chrono::seconds(1));
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(use_task, ignored));
    switch (file_.poll()) {
      case crypto::KeysetFile::Poll::unchanged:
        break;
      case crypto::KeysetFile::Poll::changed:
        current_.store(file_.current());
        break;
      // The last good keyset stays in use: a half-written or unreadable file must not end every session.
      case crypto::KeysetFile::Poll::failed:
        report_bug("keyset file", file_.error());
        break;
    }
  }
}

}  // namespace starter
