#pragma once

#include "app/services/feature.h"

namespace starter::service_accounts {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::service_accounts
