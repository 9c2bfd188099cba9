#pragma once

#include "app/services/feature.h"

namespace starter::invites {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::invites
