// The contract of this repository, read once.
#pragma once

#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>
#include <filesystem>
#include <string>

#include "starter/contracts/load.h"

namespace starter::contracts::testing {

std::filesystem::path root();
std::string read(const std::filesystem::path& path);

/// contract/*.yaml
const Files& contract_files();
const Contract& contract();

/// YAML as JSON, scalars by what they look like.
boost::json::value as_json(const YAML::Node& yaml);
boost::json::value as_json(const std::string& yaml);

}  // namespace starter::contracts::testing
