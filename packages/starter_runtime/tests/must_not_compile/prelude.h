// What every case of this folder includes: compiled once, so that a case takes half a second.
#pragma once

#include <iostream>

#include "starter/core/context.h"
#include "starter/describe/json.h"
#include "starter/http/route.h"
#include "starter/observe/log.h"
#include "starter/postgres/session.h"

namespace starter {

struct Row {
  int64_t value;
};
BOOST_DESCRIBE_STRUCT(Row, (), (value))

inline constexpr pg::Query<pg::Tenant, Row, Uuid> kOfTenant{.name = "of_tenant", .sql = "SELECT 1"};
inline constexpr pg::Query<pg::Worker, Row> kOfWorker{.name = "of_worker", .sql = "SELECT 1"};

using NoteId = http::Id<"note">;
inline Task<Result<Row>> read_note(const Ctx&, NoteId) {
  co_return Row{};
}
inline Task<Result<Row>> write_note(const Ctx&, Row body) {
  co_return body;
}

}  // namespace starter
