// Files that hold secrets: readable by their owner alone, replaced in one step.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "starter/core/secret.h"

namespace starter {

/// Refuses what is no regular file, what others can read, and what is longer than `most` bytes. The error is
/// a sentence with the fix; `what` is the word for the file in it, such as "keyset".
std::expected<Secret, std::string> read_private_file(const std::string& path, size_t most,
                                                     std::string_view what);

/// Writes atomically: a temporary file with mode 0600 in the same directory, fsync, rename, fsync of the
/// directory. A reader sees the old or the new bytes, whenever the writer dies; what root replaces stays with
/// the user that had it. Returns an empty string or what failed.
std::string replace_private_file(const std::string& path, std::string_view bytes);

/// Any file's first `most` bytes; empty when it can't be read.
std::string read_text_file(const std::string& path, size_t most);

}  // namespace starter
