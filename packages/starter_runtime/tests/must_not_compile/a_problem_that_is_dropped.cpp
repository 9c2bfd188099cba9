// error: ignoring return value of function declared with 'nodiscard' attribute
#include "prelude.h"

starter::Problem missing() {
  return starter::problems::not_found;
}
starter::Result<> find() {
  missing();  // bad
  return missing();
}
