// The contract's environment of the API and its worker as settings, so that name, type, range, default,
// values and meaning stand in packages/starter_contracts/contract and nowhere else.
#pragma once

#include <span>

#include "starter/settings/settings.h"

namespace starter::service {

/// Every variable that the API, its worker or its migration reads in this release, and STORAGE_PROVIDER,
/// which is refused already where it would lose files; made at the first call from compiled tables, no file
/// is read. What only the migration needs is never required here.
std::span<const settings::Setting> settings_table();

}  // namespace starter::service
