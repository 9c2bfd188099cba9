#pragma once

#include "app/services/feature.h"

namespace starter::tenants {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::tenants
