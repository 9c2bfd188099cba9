// The rows and queries of signing in, for composition.cpp.
#pragma once

#include "app/services/feature.h"

namespace starter::auth {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::auth
