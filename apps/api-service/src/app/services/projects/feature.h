#pragma once

#include "app/services/feature.h"

namespace starter::projects {
std::span<const http::Route> routes();
std::span<const pg::Statement> queries();
}  // namespace starter::projects
