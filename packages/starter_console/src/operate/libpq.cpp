#include "operate/libpq.h"

#include <dlfcn.h>

#include <memory>
#include <stdexcept>

#ifndef STARTER_STATIC

namespace {

void* load_library() {
  void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  return library;
}

template <class Function>
Function* find(const char* name) {
  static void* const library = load_library();  // one that throws is tried again at the next call
  auto* const function = reinterpret_cast<Function*>(::dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string("libpq.so.5 is too old: it has no ") + name);
  return function;
}

}  // namespace

#define FORWARD(result, name, parameters, arguments)                     \
  extern "C" result name parameters {                                    \
    static decltype(name)* const function = find<decltype(name)>(#name); \
    return function arguments;                                           \
  }
FORWARD(void, PQclear, (PGresult * r), (r))
FORWARD(char*, PQcmdStatus, (PGresult * r), (r))
FORWARD(char*, PQcmdTuples, (PGresult * r), (r))
FORWARD(PGconn*, PQconnectdbParams, (const char* const* k, const char* const* v, int e), (k, v, e))
FORWARD(PostgresPollingStatusType, PQconnectPoll, (PGconn * c), (c))
FORWARD(PGconn*, PQconnectStartParams, (const char* const* k, const char* const* v, int e), (k, v, e))
FORWARD(int, PQconsumeInput, (PGconn * c), (c))
FORWARD(int, PQenterPipelineMode, (PGconn * c), (c))
FORWARD(char*, PQerrorMessage, (const PGconn* c), (c))
FORWARD(void, PQfinish, (PGconn * c), (c))
FORWARD(int, PQflush, (PGconn * c), (c))
FORWARD(PGresult*, PQgetResult, (PGconn * c), (c))
FORWARD(int, PQgetisnull, (const PGresult* r, int row, int column), (r, row, column))
FORWARD(int, PQgetlength, (const PGresult* r, int row, int column), (r, row, column))
FORWARD(char*, PQgetvalue, (const PGresult* r, int row, int column), (r, row, column))
FORWARD(int, PQisBusy, (PGconn * c), (c))
FORWARD(int, PQnfields, (const PGresult* r), (r))
FORWARD(int, PQntuples, (const PGresult* r), (r))
FORWARD(int, PQpipelineSync, (PGconn * c), (c))
FORWARD(char*, PQresultErrorField, (const PGresult* r, int field), (r, field))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult* r), (r))
FORWARD(int, PQsendPrepare, (PGconn * c, const char* n, const char* q, int count, const Oid* t),
        (c, n, q, count, t))
FORWARD(int, PQsendQueryPrepared,
        (PGconn * c, const char* n, int count, const char* const* v, const int* l, const int* f, int r),
        (c, n, count, v, l, f, r))
FORWARD(int, PQsetnonblocking, (PGconn * c, int on), (c, on))
FORWARD(int, PQsocket, (const PGconn* c), (c))
FORWARD(ConnStatusType, PQstatus, (const PGconn* c), (c))
FORWARD(PQconninfoOption*, PQconninfoParse, (const char* text, char** error), (text, error))
FORWARD(void, PQconninfoFree, (PQconninfoOption * o), (o))
FORWARD(PGresult*, PQexecParams,
        (PGconn * c, const char* q, int count, const Oid* t, const char* const* v, const int* l, const int* f,
         int r),
        (c, q, count, t, v, l, f, r))
FORWARD(char*, PQresultErrorMessage, (const PGresult* r), (r))
#undef FORWARD

#endif

namespace starter::console::operate {

Outcome<> load_libpq() {
#ifndef STARTER_STATIC
  try {
    find<decltype(PQenterPipelineMode)>(
        "PQenterPipelineMode");  // of those above the youngest, of Postgres 14
  } catch (const std::exception& problem) {
    return Failure{.code = "database.no_library",
                   .what = "The Postgres client library can't be loaded.",
                   .why = std::string(problem.what()) + ".",
                   .fix = "sudo apt-get install -y libpq5"};
  }
#endif
  return {};
}

Outcome<std::map<std::string, std::string>> connection_environment(const Secret& url,
                                                                   const std::string& setting) {
  CHECKED(load_libpq());
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(std::string(url.reveal()).c_str(), nullptr), PQconninfoFree);
  if (!options)
    return Failure{.code = "database.url",
                   .what = setting + " is no address of a database.",
                   .why = "It has another form than postgresql://user:password@host:5432/database.",
                   .fix = "starter-console config explain " + setting};
  std::map<std::string, std::string> environment;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->envvar != nullptr && option->val != nullptr) environment[option->envvar] = option->val;
  }
  return environment;
}

}  // namespace starter::console::operate
