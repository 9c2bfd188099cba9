// Shell completion, generated from the command table: it runs no program while a person types.
#pragma once

#include <string>
#include <string_view>

namespace starter::console {

/// The script for "bash", "zsh" or "fish". It completes starter-console and ./dev.
std::string completion_script(std::string_view shell);

}  // namespace starter::console
