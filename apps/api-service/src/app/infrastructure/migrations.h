// The schema's history and how it is applied.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "starter/core/secret.h"

namespace starter {

struct Migration {
  std::string_view name;  // <UTC time>_<what>
  std::string_view sql;
};

/// Every migration of this binary in order; generated from apps/api-service/migrations.
std::span<const Migration> migrations();

struct MigrateOptions {
  Secret owner_url;   // MIGRATE_DATABASE_URL
  Secret app_url;     // DATABASE_URL: its user becomes a log-in with the rights of starter_app
  Secret worker_url;  // WORKER_DATABASE_URL: the same for starter_worker; may be empty
};

struct MigrateReport {
  std::string error;  // empty on success; a sentence with the fix, without any secret
  size_t applied = 0, present = 0;
};

/// Creates roles and applies what is missing. One migrator works at a time (advisory lock), each migration
/// is one transaction, and one that was applied must still have the same text. Running it again changes
/// nothing.
MigrateReport migrate(const MigrateOptions& options, const std::function<void(std::string_view)>& say);

}  // namespace starter
