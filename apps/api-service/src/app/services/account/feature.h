#pragma once

#include "app/services/feature.h"

namespace starter::account {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::account
