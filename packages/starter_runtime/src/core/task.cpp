#include "starter/core/task.h"

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <exception>

#include "starter/core/report.h"

namespace starter {

void spawn(const Executor& executor, const char* name, Task<> task) {
  asio::co_spawn(executor, std::move(task), [name](std::exception_ptr thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      report_bug(name, error.what());
    } catch (...) {
      report_bug(name, "an exception of unknown type");
    }
  });
}

}  // namespace starter
