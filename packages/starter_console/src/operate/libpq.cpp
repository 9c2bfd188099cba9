#include "operate/libpq.h"

#include <dlfcn.h>

#include <stdexcept>

namespace starter::console::operate {

namespace {

#ifdef STARTER_STATIC

#define STARTER_FIND(function) (&(function))

#else

#define STARTER_FIND(function) (find<decltype(&(function))>(#function))

void* load_library() {
  void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  return library;
}

template <class Function>
Function find(const char* name) {
  static void* const library = load_library();  // one that throws is tried again at the next call
  const auto function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string("libpq.so.5 is too old: it has no ") + name);
  return function;
}

#endif

}  // namespace

Outcome<const Libpq*> load_libpq() {
  try {
    static const Libpq pq{
        .connect = STARTER_FIND(PQconnectdbParams),
        .finish = STARTER_FIND(PQfinish),
        .status = STARTER_FIND(PQstatus),
        .error_message = STARTER_FIND(PQerrorMessage),
        .execute = STARTER_FIND(PQexecParams),
        .clear = STARTER_FIND(PQclear),
        .result_status = STARTER_FIND(PQresultStatus),
        .result_error = STARTER_FIND(PQresultErrorMessage),
        .rows = STARTER_FIND(PQntuples),
        .columns = STARTER_FIND(PQnfields),
        .is_null = STARTER_FIND(PQgetisnull),
        .value = STARTER_FIND(PQgetvalue),
    };
    return &pq;
  } catch (const std::exception& problem) {
    return Failure{.code = "database.no_library",
                   .what = "The Postgres client library can't be loaded.",
                   .why = std::string(problem.what()) + ".",
                   .fix = "sudo apt-get install -y libpq5"};
  }
}

}  // namespace starter::console::operate
