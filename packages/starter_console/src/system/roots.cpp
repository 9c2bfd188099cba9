#include "system/roots.h"

#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>

namespace starter::console {

void find_system_roots() {
  const auto exists = [](const char* path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
  };
  if (std::getenv(X509_get_default_cert_file_env()) || std::getenv(X509_get_default_cert_dir_env())) return;
  if (exists(X509_get_default_cert_file()) || exists(X509_get_default_cert_dir())) return;
  // Debian and Alpine, Fedora and Red Hat, openSUSE, others.
  for (const auto* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    if (!exists(file)) continue;
    ::setenv(X509_get_default_cert_file_env(), file, 0);
    return;
  }
}

}  // namespace starter::console
