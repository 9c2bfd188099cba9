#pragma once

#include "app/services/feature.h"

namespace starter::operations {
/// For the inside port only.
std::span<const http::Route> routes();
}  // namespace starter::operations
