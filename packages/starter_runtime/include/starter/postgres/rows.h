// Parameters on their way to Postgres and rows on their way back, both in text format.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "starter/core/result.h"
#include "starter/postgres/query.h"

struct pg_result;

namespace starter::pg {

/// The values of one statement; a null is an empty optional.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(size_t count) { values_.reserve(count); }

  void add(const void* value, const TypeInfo& type);
  void add_text(std::string value) { values_.emplace_back(std::move(value)); }

  size_t size() const { return values_.size(); }
  /// For libpq: pointers are valid until the next add.
  std::vector<const char*> pointers() const;

 private:
  std::vector<std::optional<std::string>> values_;
};

/// The result of one statement.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);

  size_t size() const;
  /// Rows that INSERT, UPDATE or DELETE touched.
  size_t affected() const;
  /// Decodes row `index` into a described struct by column position. A value that does not fit is a bug of
  /// ours.
  Result<> read(size_t index, const TypeInfo& type, void* out) const;

 private:
  std::shared_ptr<pg_result> result_;
};

}  // namespace starter::pg
