// error: no viable conversion from 'const starter::Secret' to 'std::string'
#include "prelude.h"

std::string text_of(const starter::Secret& secret) {
  std::string text = secret;  // bad
  std::string text(secret.reveal());  // instead
  return text;
}
