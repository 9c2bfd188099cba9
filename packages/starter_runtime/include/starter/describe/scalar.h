// Scalars as text: what query strings, path segments and Postgres rows have in common.
#pragma once

#include <string>
#include <string_view>

#include "starter/describe/type_info.h"

namespace starter {

/// Reads one scalar. Answers nullptr, or a sentence part such as "must be a whole number" that fits behind
/// the field's name. Integers outside their limits are refused here, so every source enforces the same ones.
const char* scalar_from_text(std::string_view text, const TypeInfo& type, void* out);

/// Stores an integer within the type's limits; answers nullptr or what is wrong.
const char* scalar_from_integer(int64_t value, const TypeInfo& type, void* out);

/// Appends one scalar as Postgres and URLs expect it (booleans as true and false).
void scalar_to_text(const void* value, const TypeInfo& type, std::string& out);

}  // namespace starter
