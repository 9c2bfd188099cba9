// Names that ./dev new may write.
#pragma once

#include "dev/scaffold.h"

namespace starter::console::dev {

/// A name that would not build is refused before anything is written.
Outcome<> check_name(const Workspace& workspace, const Scaffold& scaffold, const std::string& name);

}  // namespace starter::console::dev
