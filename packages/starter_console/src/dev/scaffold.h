// ./dev new: a copy of the living example with its names exchanged. What is copied stands in
// tools/scaffolds.yaml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

/// One name in its spellings, from which renaming starts: "invoice_lines" -> invoice_line, InvoiceLines, ...
struct Spellings {
  std::string plural;          // invoice_lines
  std::string singular;        // invoice_line
  std::string plural_type;     // InvoiceLines
  std::string singular_type;   // InvoiceLine
  std::string plural_path;     // invoice-lines
  std::string singular_path;   // invoice-line
  std::string plural_upper;    // INVOICE_LINES
  std::string singular_upper;  // INVOICE_LINE
};
Spellings spell(std::string_view plural);

/// Replaces every spelling of one name by that of another; letters that continue a lower-case word keep it
/// untouched.
std::string rename_text(std::string_view text, const Spellings& from, const Spellings& to);

struct Scaffold {
  std::string kind;
  std::string example;            // the name that is exchanged, such as projects
  std::vector<std::string> copy;  // files or folders of the example
  std::string write, text;        // a new file, with {name} and {time}
  std::string append_to, line;    // a line at the end of an existing file, with {name}
  std::string name_pattern;       // snake, upper
  std::string next;
};

struct Change {
  fs::path path;  // relative to the root
  std::string text;
};

Outcome<Scaffold> load_scaffold(const Workspace& workspace, const std::string& kind);

/// What would be written; fails when the name is no good or something with it exists already.
Outcome<std::vector<Change>> plan_scaffold(const Workspace& workspace, const Scaffold& scaffold,
                                           const std::string& name);

Outcome<> write_scaffold(const Workspace& workspace, const std::vector<Change>& changes);

}  // namespace starter::console::dev
