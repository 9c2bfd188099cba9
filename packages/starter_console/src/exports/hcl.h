// Values as HCL and JSON that Terraform reads back as the same text, whatever stands in it.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "exports/deployment.h"

namespace starter::console::exports {

/// One line of a tfvars file; `value` is an expression.
struct Assignment {
  std::string name, value;
  std::string comment{};
};

/// As `terraform fmt` has it: the = of neighbouring lines under each other.
std::string hcl_lines(const std::vector<Assignment>& lines, std::size_t indent = 0);

/// A value of JSON as an expression of HCL.
std::string hcl_value(const boost::json::value& value);

}  // namespace starter::console::exports
