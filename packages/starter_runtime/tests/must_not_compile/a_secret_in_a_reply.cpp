// error: this type has no JSON form: describe it with BOOST_DESCRIBE_STRUCT
#include "prelude.h"

std::string reply(const starter::Secret& secret) {
  std::string out = starter::json::encode(starter::Row{});
  starter::json::encode(secret, out);  // bad
  return out;
}
