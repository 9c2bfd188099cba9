// The programs that come with Postgres: pg_dump, pg_restore and psql, as one command after the other needs
// them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frame/outcome.h"
#include "system/process.h"

namespace starter::console::operate {

/// How `program` is started with these words; `environment` says where the database is (libpq.h). A failure
/// when it is not installed.
Outcome<Launch> postgres_client(const std::string& program, std::vector<std::string> words,
                                const std::map<std::string, std::string>& environment);

/// What such a program said last, as a sentence and without the place in its script.
std::string last_line(std::string text);

}  // namespace starter::console::operate
