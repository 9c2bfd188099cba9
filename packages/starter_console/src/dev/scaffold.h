// ./dev new: a copy of the living example with its names exchanged. What is copied stands in
// tools/scaffolds.yaml.
#pragma once

#include <string>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

/// A new file.
struct NewFile {
  std::string path, text;
};

/// Lines of an existing file that name the example; a copy with the new name follows each. A line that opens
/// a bracket stands for all up to the one that closes it. Includes go to their sorted place.
struct Repetition {
  std::string file;
  std::vector<std::string> lines;                            // how each begins, without its indent
  std::vector<std::pair<std::string, std::string>> words{};  // of another language: the example's word, and
                                                             // "plural" or "singular"
};

/// Text that goes behind the line that holds `after`, or before the one that holds `before`.
struct Insertion {
  std::string file, after, before, text;
};

/// What ./dev new KIND does, from tools/scaffolds.yaml. Texts and paths of new files and insertions have
/// holes: {name} {path} {type} {title} {lower} {time}.
struct Scaffold {
  std::string kind;
  std::string example;  // the name that is exchanged, such as projects
  std::vector<std::string>
      copy;  // files or folders of the example; "folder/*_projects.sql" gets a time of its own
  std::vector<std::pair<std::string, std::string>>
      prose{};  // what the example says of itself -> what a copy says
  std::vector<Repetition> repeat{};
  std::vector<NewFile> files{};
  std::vector<Insertion> insert{};
  std::string name_pattern;  // snake, upper
  std::string next;
};

/// A file as it will be.
struct Change {
  fs::path path;  // relative to the root
  std::string text;
  bool is_new = true;
};

Outcome<Scaffold> load_scaffold(const Workspace& workspace, const std::string& kind);

/// What would be written; fails when the name is no good or something with it exists already.
Outcome<std::vector<Change>> plan_scaffold(const Workspace& workspace, const Scaffold& scaffold,
                                           const std::string& name);

/// What to do afterwards, with the name in it.
std::string next_step(const Scaffold& scaffold, const std::string& name);

Outcome<> write_scaffold(const Workspace& workspace, const std::vector<Change>& changes);

}  // namespace starter::console::dev
