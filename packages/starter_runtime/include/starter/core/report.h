// Where bugs are reported that have no request to answer.
#pragma once

#include <functional>
#include <string_view>

namespace starter {

/// An exception escaped from `where`. Goes to the installed reporter (the log), or to stderr before there is
/// one.
void report_bug(std::string_view where, std::string_view what);

/// Installs the reporter; called once by main() before any thread starts.
void set_bug_reporter(std::function<void(std::string_view where, std::string_view what)> reporter);

}  // namespace starter
