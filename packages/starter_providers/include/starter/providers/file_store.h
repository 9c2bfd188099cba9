// Secrets as files of one folder: for development, and for one server.
#pragma once

#include <filesystem>

#include "starter/providers/secret_store.h"

namespace starter::providers {

/// A secret is a file below `folder` that only its owner can read; its name is the path from there. Writes
/// are atomic and happen under a lock, so that compare-and-set holds between processes of this machine. Files
/// are small, so calls don't leave the thread.
class FileStore : public SecretStore {
 public:
  explicit FileStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Task<Result<StoredSecret>> get(std::string name, SteadyTime deadline) override;
  Task<Result<std::string>> put(std::string name, Secret value, std::string expected,
                                SteadyTime deadline) override;
  Task<Result<std::vector<std::string>>> list(std::string prefix, SteadyTime deadline) override;
  Task<Result<bool>> probe(std::string name, SteadyTime deadline) override;

 private:
  Result<std::filesystem::path> path_of(const std::string& name) const;
  Result<StoredSecret> read(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace starter::providers
