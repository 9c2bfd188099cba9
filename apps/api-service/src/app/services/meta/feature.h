#pragma once

#include "app/services/feature.h"

namespace starter::meta {
std::span<const http::Route> routes();
}  // namespace starter::meta
