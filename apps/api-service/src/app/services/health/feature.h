#pragma once

#include "app/services/feature.h"

namespace starter::health {
std::span<const http::Route> routes();
}  // namespace starter::health
