// YAML as JSON, every scalar as the text that it is.
#pragma once

#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>

namespace starter::contracts::conform {

inline boost::json::value converted(const YAML::Node& node) {
  if (node.IsMap()) {
    boost::json::object object;
    for (const auto& member : node) object[member.first.Scalar()] = converted(member.second);
    return object;
  }
  if (node.IsSequence()) {
    boost::json::array array;
    for (const auto& item : node) array.push_back(converted(item));
    return array;
  }
  return node.IsScalar() ? boost::json::value(node.Scalar()) : boost::json::value();
}

}  // namespace starter::contracts::conform
