// libpq, loaded when a command first needs a database. It brings Kerberos and LDAP along, 22 libraries in
// all, and linking it would more than double the time in which every other command starts.
#pragma once

#include <libpq-fe.h>

#include "frame/outcome.h"

namespace starter::console::operate {

struct Libpq {
  decltype(&PQconnectdbParams) connect = nullptr;
  decltype(&PQfinish) finish = nullptr;
  decltype(&PQstatus) status = nullptr;
  decltype(&PQerrorMessage) error_message = nullptr;
  decltype(&PQexecParams) execute = nullptr;
  decltype(&PQclear) clear = nullptr;
  decltype(&PQresultStatus) result_status = nullptr;
  decltype(&PQresultErrorMessage) result_error = nullptr;
  decltype(&PQntuples) rows = nullptr;
  decltype(&PQnfields) columns = nullptr;
  decltype(&PQgetisnull) is_null = nullptr;
  decltype(&PQgetvalue) value = nullptr;
};

/// The library, loaded once and kept; failure database.no_library. With STARTER_STATIC it is a part of the
/// program.
Outcome<const Libpq*> load_libpq();

}  // namespace starter::console::operate
