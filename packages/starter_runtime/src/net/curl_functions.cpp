#include "curl_functions.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace starter::net {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (!function) throw std::runtime_error(std::string(kLibrary) + " has no " + name);
}

CurlFunctions load() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(std::string("libcurl can't be loaded: ") + ::dlerror());
  CurlFunctions all{};
  find(library, "curl_global_init", all.global_init);
  find(library, "curl_easy_init", all.easy_init);
  find(library, "curl_easy_cleanup", all.easy_cleanup);
  find(library, "curl_easy_setopt", all.easy_setopt);
  find(library, "curl_easy_getinfo", all.easy_getinfo);
  find(library, "curl_easy_strerror", all.easy_strerror);
  find(library, "curl_multi_init", all.multi_init);
  find(library, "curl_multi_cleanup", all.multi_cleanup);
  find(library, "curl_multi_setopt", all.multi_setopt);
  find(library, "curl_multi_add_handle", all.multi_add_handle);
  find(library, "curl_multi_remove_handle", all.multi_remove_handle);
  find(library, "curl_multi_socket_action", all.multi_socket_action);
  find(library, "curl_multi_info_read", all.multi_info_read);
  find(library, "curl_slist_append", all.slist_append);
  find(library, "curl_slist_free_all", all.slist_free_all);
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
