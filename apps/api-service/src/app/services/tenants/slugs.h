// Slugs stand in web addresses, beside pages that have fixed names.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "starter/core/types.h"

namespace starter::tenants {

/// First segments of web addresses that no tenant may have.
std::span<const std::string_view> reserved_slugs();
bool is_reserved(const Slug& slug);

/// A slug for a name ("Ada & Co." -> "ada-co"); `suffix` keeps apart what the name does not.
Slug slug_from(std::string_view name, std::string_view suffix);

}  // namespace starter::tenants
