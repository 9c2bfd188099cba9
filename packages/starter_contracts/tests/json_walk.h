// Finding one's way in documents of any format.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string_view>

namespace starter::contracts::testing {

/// Visits every object, until `see` returns true.
inline bool each(boost::json::value& value, const std::function<bool(boost::json::object&)>& see) {
  if (value.is_object()) {
    if (see(value.get_object())) return true;
    for (auto& member : value.get_object())
      if (each(member.value(), see)) return true;
  }
  if (value.is_array())
    for (auto& item : value.get_array())
      if (each(item, see)) return true;
  return false;
}

inline bool is_text(const boost::json::object& object, std::string_view key, std::string_view text) {
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_string() && found->get_string() == text;
}

}  // namespace starter::contracts::testing
