// What a check found: the shape that doctor and verify share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "frame/command.h"
#include "frame/terminal.h"

namespace starter::console::checks {

enum class Severity { ok, info, warning, error };

struct Finding {
  std::string id;  // stable: "verify.tls.expiry"
  Severity severity = Severity::ok;
  std::string says;      // one sentence
  std::string evidence;  // what was seen
  std::string fix;       // a command or a setting; empty when nothing is wrong
  std::string docs;
  std::function<Outcome<>()> mend{};  // does what `fix` says, where that can harm nothing
};

/// The findings as a reply: text with the worst last, JSON with all; exit 3 when one is an error.
Reply reply_of(const std::vector<Finding>& findings, const Terminal& terminal);

/// The JSON fields of such a reply.
std::vector<Field> finding_fields();

}  // namespace starter::console::checks
