#include "curl_functions.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace starter::net {
namespace {

#ifdef STARTER_STATIC

#define STARTER_FIND(function) (&(function))

#else

#define STARTER_FIND(function) (find<decltype(&(function))>(#function))

constexpr const char* kLibrary = "libcurl.so.4";

void* load_library() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(std::string("libcurl can't be loaded: ") + ::dlerror());
  return library;
}

template <class Function>
Function find(const char* name) {
  static void* const library = load_library();  // one that throws is tried again at the next call
  const auto function = reinterpret_cast<Function>(::dlsym(library, name));
  if (!function) throw std::runtime_error(std::string(kLibrary) + " has no " + name);
  return function;
}

#endif

CurlFunctions load() {
  const CurlFunctions all{
      .global_init = STARTER_FIND(curl_global_init),
      .easy_init = STARTER_FIND(curl_easy_init),
      .easy_cleanup = STARTER_FIND(curl_easy_cleanup),
      .easy_setopt = STARTER_FIND(curl_easy_setopt),
      .easy_strerror = STARTER_FIND(curl_easy_strerror),
      .multi_init = STARTER_FIND(curl_multi_init),
      .multi_cleanup = STARTER_FIND(curl_multi_cleanup),
      .multi_setopt = STARTER_FIND(curl_multi_setopt),
      .multi_add_handle = STARTER_FIND(curl_multi_add_handle),
      .multi_remove_handle = STARTER_FIND(curl_multi_remove_handle),
      .multi_socket_action = STARTER_FIND(curl_multi_socket_action),
      .multi_info_read = STARTER_FIND(curl_multi_info_read),
      .slist_append = STARTER_FIND(curl_slist_append),
      .slist_free_all = STARTER_FIND(curl_slist_free_all),
  };
  if (all.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw std::runtime_error("libcurl can't be initialised");
  return all;
}

}  // namespace

const CurlFunctions& curl() {
  static const CurlFunctions functions = load();
  return functions;
}

}  // namespace starter::net
