// Where this system keeps the certificates that it trusts.
#pragma once

namespace starter::console {

/// A console that was built elsewhere looks for them where its builder's system has them. When nothing is
/// there, and the operator names no other place, SSL_CERT_FILE is set to the file of this system, for OpenSSL
/// and libcurl alike.
void find_system_roots();

}  // namespace starter::console
