// Files as the console needs them: bounded reads, atomic writes, secrets, a hash of a source tree.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "frame/outcome.h"

namespace starter::console {

/// A failure that explains errno: full disk, missing permission, missing file.
Failure file_failure(std::string_view doing, const std::filesystem::path& path, int error);

/// The whole file; fails when it is longer than `most` bytes.
Outcome<std::string> read_file(const std::filesystem::path& path, std::size_t most = 16U << 20);

/// What such a file says when it holds one value: without the end of its last line.
std::string without_line_end(std::string text);

/// The last `lines` lines of a file, read from its end; empty when it does not exist.
std::string tail_of(const std::filesystem::path& path, std::size_t lines);

/// Replaces a file in one step: readers see the old or the new text, and a failure leaves the old one.
Outcome<> write_file(const std::filesystem::path& path, std::string_view text, mode_t mode = 0600);

struct NewFile {
  std::filesystem::path path;
  std::string text;
  mode_t mode = 0600;
};

/// Replaces all of them or none: a failure or a full disk leaves every file as it was, and no copy beside it;
/// Ctrl-C in the middle waits until they are whole.
Outcome<> write_files(const std::vector<NewFile>& files);

/// The same, and who was interrupted before the last one has its place leaves every file as it was: failure
/// interrupted.
Outcome<> write_files_or_stop(const std::vector<NewFile>& files);

/// Writes beside the file and takes that away again: what would hinder a write does so now. Its folder must
/// be there.
Outcome<> try_write(const std::filesystem::path& path);

/// True when the file is there with this text, and nobody but those of its mode can read or write it.
Outcome<bool> stands_already(const NewFile& file);

/// True when it is there, and its mode lets others do more than this one.
bool is_open_beyond(const std::filesystem::path& path, mode_t mode = 0600);

/// The same, but a file that already has this text keeps its modification time.
Outcome<> write_when_changed(const std::filesystem::path& path, std::string_view text, mode_t mode = 0600);

Outcome<> make_folders(const std::filesystem::path& path);

/// Letters and digits from the system's generator, 5.9 bits each.
std::string random_secret(std::size_t length);

/// SHA-256 in hex of the names and contents of every file below the roots, without the folders named in
/// `skip`. Missing roots count as absent, so that their appearance changes the hash.
std::string hash_files(const std::vector<std::filesystem::path>& roots, const std::vector<std::string>& skip);

std::string sha256_hex(std::string_view text);

}  // namespace starter::console
