// libpq, loaded when a command first needs a database. It brings Kerberos and LDAP along, 22 libraries in
// all, and linking it would more than double the time in which every other command starts. Its functions
// stand in libpq.cpp under their own names and find it when they are first called, so the runtime's clients
// work with it as well. In the static console (STARTER_STATIC) they are part of the program.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <string>

#include "frame/outcome.h"
#include "starter/core/secret.h"

namespace starter::console::operate {

/// Asked before the first function is called; failure database.no_library.
Outcome<> load_libpq();

/// What a program of Postgres connects with (PGHOST, PGPASSWORD ...): in its environment, never on its
/// command line, where everybody on the machine reads it. Failure database.url.
Outcome<std::map<std::string, std::string>> connection_environment(const Secret& url,
                                                                   const std::string& setting);

}  // namespace starter::console::operate
