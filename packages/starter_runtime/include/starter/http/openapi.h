// The OpenAPI 3.1 document, produced from the route tables that the router itself uses.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "starter/http/route.h"

namespace starter::http {

struct OpenApiInfo {
  std::string title, version, description;
  std::span<const ProblemType* const> authentication{};  // what a token may be refused with
  std::map<const TypeInfo*, std::set<std::string, std::less<>>>
      choices{};  // of texts whose choice no type can know
};

/// Stable text: the same routes give the same bytes, so that a committed copy can be compared with it.
std::string openapi_document(std::span<const Route> routes, const OpenApiInfo& info);

/// The problems that a route may answer beside its own, because of its access, body, role and so on.
std::vector<const ProblemType*> common_problems(const Route& route);

}  // namespace starter::http
