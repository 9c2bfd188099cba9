// The functions of libcurl that the HTTP client calls.
#pragma once

#include <curl/curl.h>

namespace starter::net {

struct CurlFunctions {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_setopt) multi_setopt;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_socket_action) multi_socket_action;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

/// Loaded at the first call, not at the start of the program: libcurl brings thirty libraries along, which
/// cost 4 ms, and most commands of the console ask no server. Throws when it is not installed. With
/// STARTER_STATIC it is a part of the program.
const CurlFunctions& curl();

}  // namespace starter::net
