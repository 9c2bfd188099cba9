#include "operate/said.h"

namespace starter::console::operate {

Exit exit_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return Exit::auth;
    case 404:
      return Exit::not_found;
    case 409:
      return Exit::conflict;
    default:
      return Exit::failed;
  }
}

std::string sentence(std::string text) {
  for (char& c : text) c = static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  return text + (text.ends_with('.') ? "" : ".");
}

}  // namespace starter::console::operate
