// error: invalid operands to binary expression ('std::ostream'
#include "prelude.h"

void print(std::ostream& out, const starter::Secret& secret) {
  out << secret;  // bad
  out << secret.size();
}
