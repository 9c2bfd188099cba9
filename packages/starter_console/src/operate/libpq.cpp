#include "operate/libpq.h"

#include <dlfcn.h>

namespace starter::console::operate {

namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool fill(void* library, Libpq& pq) {
  return find(library, "PQconnectdbParams", pq.connect) && find(library, "PQfinish", pq.finish) &&
         find(library, "PQstatus", pq.status) && find(library, "PQerrorMessage", pq.error_message) &&
         find(library, "PQexecParams", pq.execute) && find(library, "PQclear", pq.clear) &&
         find(library, "PQresultStatus", pq.result_status) &&
         find(library, "PQresultErrorMessage", pq.result_error) && find(library, "PQntuples", pq.rows) &&
         find(library, "PQnfields", pq.columns) && find(library, "PQgetisnull", pq.is_null) &&
         find(library, "PQgetvalue", pq.value);
}

}  // namespace

Outcome<const Libpq*> load_libpq() {
  static Libpq pq;
  if (pq.value != nullptr) return &pq;
  void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr && fill(library, pq)) return &pq;
  const char* const said = ::dlerror();
  pq = {};
  return Failure{.code = "database.no_library",
                 .what = "The Postgres client library can't be loaded.",
                 .why = std::string(said != nullptr ? said : "libpq.so.5 is too old") + ".",
                 .fix = "sudo apt-get install -y libpq5"};
}

}  // namespace starter::console::operate
