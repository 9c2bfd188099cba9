// The part of JSON Schema that this repository's schemas use. A keyword that it doesn't know fails the test,
// so that none is believed and not checked.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

namespace starter::contracts::testing {

/// What is wrong with `value`, one sentence each.
std::vector<std::string> schema_problems(const boost::json::value& schema, const boost::json::value& value);

}  // namespace starter::contracts::testing
