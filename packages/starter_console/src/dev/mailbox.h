// The mails that the catcher holds, for `./dev mail` and for tests.
#pragma once

#include <boost/json/array.hpp>
#include <string>

#include "dev/workspace.h"

namespace starter::console::dev {

/// Messages newest first, as the catcher's HTTP interface describes them; `to` may be empty.
Outcome<boost::json::array> caught_mails(const Ports& ports, const std::string& to, int limit);

}  // namespace starter::console::dev
