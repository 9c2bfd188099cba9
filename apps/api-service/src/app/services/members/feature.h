#pragma once

#include "app/services/feature.h"

namespace starter::members {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::members
