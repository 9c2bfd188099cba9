#pragma once

#include "app/services/feature.h"

namespace starter::audit {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::audit
