// What the API and its worker refuse to start with although each value for itself is well-formed.
//
// Hosted means that APP_PUBLIC_URL is not loopback, whatever ENVIRONMENT says: a label is easily forgotten,
// an address is not. Nothing turns these rules off as a group; two of them have a switch of their own, which
// names what it allows. doctor shows the same table before anything is deployed.
#pragma once

#include <span>

#include "starter/settings/settings.h"

namespace starter::service {

/// Made at the first call: each secret of the settings table has its rule.
std::span<const settings::Rule> refusals();

/// Whether everyone knows this secret: an example's, a template's, the first word that comes to mind. Of a
/// URL its password counts, of a list each item.
bool is_placeholder(std::string_view secret);

bool is_hosted(const settings::Settings& values);
bool keeps_keys_in_a_manager(const settings::Settings& values);

}  // namespace starter::service
