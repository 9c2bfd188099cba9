// Makes a tenant to look at, for demonstrations on one's own machine.
#pragma once

#include <string>

#include "app/settings.h"

namespace starter {

/// The tenant "Acme" (slug acme) with the owner demo@example.com, the member member@example.com and a few
/// projects. Both have `password`. Running it again changes nothing but a password that is another one now.
/// Needs MIGRATE_DATABASE_URL; refuses hosted services. Answers an empty string or a sentence without any
/// secret.
std::string seed_demo(const Settings& settings, const Secret& password);

}  // namespace starter
