// The contract's environment of the API and its worker as settings, so that name, type, range, default,
// values and meaning stand in packages/starter_contracts/contract and nowhere else.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "starter/settings/settings.h"

namespace starter::service {

/// Every variable that the API, its worker or its migration reads in this release, and STORAGE_PROVIDER,
/// which is refused already where it would lose files; made at the first call from compiled tables, no file
/// is read. What only the migration needs is never required here.
std::span<const settings::Setting> settings_table();

/// What the migration reads. Its container has the owner's log-in and nothing of the API's: no pepper, no
/// key.
std::span<const settings::Setting> migration_table();

/// Those of the contract, for a program that needs a few of them. What the contract requires is required.
/// Throws std::logic_error about a name that the contract doesn't have.
std::vector<settings::Setting> settings_of(std::initializer_list<std::string_view> names);

}  // namespace starter::service
