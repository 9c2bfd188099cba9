// One value for all rows of a table, whatever their order: what a restore is compared by.
#pragma once

#include <string>

namespace starter::console::operate {

/// A query of one text: the number of rows and a hash of all of them. It is the SHA-256 of the sums of the
/// rows' own SHA-256, each cut into four numbers, so that the server sorts nothing and keeps nothing. `table`
/// is quoted where it has to be.
std::string row_hash_query(const std::string& table);

/// What the text of a row depends on; to be set before the query.
std::string row_hash_settings();

}  // namespace starter::console::operate
