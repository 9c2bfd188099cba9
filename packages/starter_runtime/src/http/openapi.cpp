#include "starter/http/openapi.h"

#include <map>
#include <set>

#include "starter/crypto/password_pool.h"
#include "starter/http/service.h"

namespace starter::http {
namespace {

// Not "quoted": std::quoted would be found for a std::string, where <iomanip> comes along.
std::string json_text(std::string_view text) {
  std::string out;
  json::append_quoted(text, out);
  return out;
}

/// A JSON object written member by member.
class Object {
 public:
  Object& raw(std::string_view name, std::string_view value) {
    text_ += text_.size() > 1 ? "," : "";
    text_ += json_text(name) + ":" + std::string(value);
    return *this;
  }
  Object& text(std::string_view name, std::string_view value) { return raw(name, json_text(value)); }
  bool empty() const { return text_.size() == 1; }
  std::string done() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

std::string list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? "," : "") + item;
  return out + "]";
}

/// Named types, gathered while the operations are written.
class Schemas {
 public:
  /// A type that a request may hold: its optional members may be left out. Elsewhere every member is there.
  void mark_input(const TypeInfo& type) {
    if (type.kind == Kind::array || type.kind == Kind::optional) return mark_input(*type.element);
    if (type.kind != Kind::object || !inputs_.insert(&type).second) return;
    for (const auto& field : type.fields) mark_input(*field.type);
  }

  std::string of(const TypeInfo& type) {
    switch (type.kind) {
      case Kind::object:
        define(type);
        return R"({"$ref":"#/components/schemas/)" + std::string(type.name) + "\"}";
      case Kind::array:
        return R"({"type":"array","items":)" + of(*type.element) + "}";
      case Kind::optional:
        return R"({"anyOf":[)" + of(*type.element) + R"(,{"type":"null"}]})";
      case Kind::boolean:
        return R"({"type":"boolean"})";
      case Kind::integer:
        return integer(type);
      case Kind::number:
        return R"({"type":"number"})";
      case Kind::text:
        return text(type);
      case Kind::raw_json:
        return R"({"type":"object","additionalProperties":true})";
    }
    return "{}";
  }

  std::string all() const {
    Object out;
    for (const auto& [name, schema] : defined_) out.raw(name, schema);
    return out.done();
  }
  void add(std::string name, std::string schema) { defined_.emplace(std::move(name), std::move(schema)); }

 private:
  static std::string integer(const TypeInfo& type) {
    Object out;
    out.text("type", "integer");
    constexpr int64_t safe = int64_t(1) << 53;  // beyond it JavaScript's numbers are no integers any more
    if (type.minimum > -safe) out.raw("minimum", std::to_string(type.minimum));
    if (type.maximum < safe) out.raw("maximum", std::to_string(type.maximum));
    return out.done();
  }

  std::string text(const TypeInfo& type) {
    if (!type.values.empty()) {
      std::vector<std::string> values;
      for (const auto value : type.values) values.push_back(json_text(value));
      defined_.try_emplace(std::string(type.name), R"({"type":"string","enum":)" + list(values) + "}");
      return R"({"$ref":"#/components/schemas/)" + std::string(type.name) + "\"}";
    }
    Object out;
    out.text("type", "string");
    if (!type.format.empty()) out.text("format", type.format);
    if (type.min_length) out.raw("minLength", std::to_string(type.min_length));
    if (type.max_length) out.raw("maxLength", std::to_string(type.max_length));
    if (&type == &type_of<Slug>) out.raw("minLength", "3").text("pattern", "^[a-z](-?[a-z0-9])*$");
    return out.done();
  }

  void define(const TypeInfo& type) {
    const std::string name(type.name);
    if (!defined_.emplace(name, "{}").second) return;
    Object properties;
    std::vector<std::string> required;
    for (const auto& field : type.fields) {
      properties.raw(field.name, of(*field.type));
      if (field.required || !inputs_.contains(&type)) required.push_back(json_text(field.name));
    }
    Object out;
    out.text("type", "object").raw("additionalProperties", "false").raw("properties", properties.done());
    if (!required.empty()) out.raw("required", list(required));
    defined_[name] = out.done();
  }

  std::set<const TypeInfo*> inputs_;
  std::map<std::string, std::string> defined_;
};

constexpr const char* kProblemSchema =
    R"({"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
    R"("code":{"type":"string"},"detail":{"type":"string"},"request_id":{"type":"string"},"errors":{"type":"array",)"
    R"("items":{"$ref":"#/components/schemas/FieldError"}}},"required":["type","title","status","code","detail","request_id"]})";
constexpr const char* kFieldErrorSchema =
    R"({"type":"object","properties":{"pointer":{"type":"string"},"code":{"type":"string"},"detail":{"type":"string"}},)"
    R"("required":["pointer","code","detail"]})";

std::string parameter(std::string_view name, std::string_view where, bool required, std::string_view schema,
                      std::string_view description = {}) {
  Object out;
  out.text("name", name).text("in", where).raw("required", required ? "true" : "false").raw("schema", schema);
  if (!description.empty()) out.text("description", description);
  return out.done();
}

std::string parameters(const Route& route, Schemas& schemas) {
  std::vector<std::string> out;
  for (size_t at = route.pattern.find('{'); at != route.pattern.npos; at = route.pattern.find('{', at + 1)) {
    const auto hole = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
    out.push_back(parameter(hole, "path", true, R"({"type":"string","format":"uuid"})"));
  }
  if (route.info.query) {
    for (const auto& field : route.info.query->fields) {
      const TypeInfo& type = field.type->kind == Kind::optional ? *field.type->element : *field.type;
      out.push_back(parameter(field.name, "query", field.required, schemas.of(type)));
    }
  }
  if (route.info.if_match) {
    out.push_back(parameter("If-Match", "header", true, R"({"type":"string","pattern":"^\"[0-9]{1,18}\"$"})",
                            "The ETag of the version that is to be changed"));
  }
  if (route.options.idempotent) {
    out.push_back(parameter("Idempotency-Key", "header", false,
                            R"({"type":"string","minLength":8,"maxLength":128})",
                            "Makes a repeated request answer what the first one answered, for 24 hours"));
  }
  return list(out);
}

std::string success(const Route& route, Schemas& schemas) {
  Object out;
  out.text("description", "Success");
  if (route.info.etag) out.raw("headers", R"({"ETag":{"schema":{"type":"string"}}})");
  if (route.info.reply) {
    out.raw("content", R"({"application/json":{"schema":)" + schemas.of(*route.info.reply) + "}}");
  } else if (route.info.status == 200) {
    out.raw("content", R"({"application/json":{"schema":{"type":"object"}}})");
  }
  return out.done();
}

std::string responses(const Route& route, Schemas& schemas, const OpenApiInfo& info) {
  std::map<int, std::set<std::string_view>> codes;
  if (route.access() != Access::anyone) {
    for (const ProblemType* type : info.authentication) codes[type->status].insert(type->code);
  }
  for (const ProblemType* type : common_problems(route)) codes[type->status].insert(type->code);
  for (const ProblemType* type : route.options.problems) codes[type->status].insert(type->code);
  Object out;
  out.raw(std::to_string(route.info.status), success(route, schemas));
  for (const auto& [status, names] : codes) {
    std::string text;
    std::vector<std::string> values;
    for (const auto name : names) {
      text.append(text.empty() ? "" : ", ").append(name);
      values.push_back(json_text(name));
    }
    Object response;
    response.text("description", text).raw("x-codes", list(values));
    response.raw("content",
                 R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}})");
    out.raw(std::to_string(status), response.done());
  }
  return out.done();
}

/// "projects" for /api/v1/tenants/{tenant}/projects/{project}; the first word of other paths.
std::string tag_of(std::string_view pattern) {
  std::string tag = "service";
  for (size_t at = 1; at < pattern.size();) {
    const size_t end = std::min(pattern.find('/', at), pattern.size());
    const auto segment = pattern.substr(at, end - at);
    const bool plain =
        !segment.starts_with('{') && !segment.starts_with('.') && segment != "api" && segment != "v1";
    if (plain && (tag == "service" || tag == "tenants" || tag == "users")) tag = segment;
    at = end + 1;
  }
  return tag;
}

/// Calls a minute, which RATE_LIMIT_FACTOR may multiply, and the longest body.
std::string limit(const Route& route) {
  Object out;
  out.raw("per_minute", std::to_string(route.options.limit.per_minute));
  out.text("for_each", route.access() == Access::anyone ? "address" : "person");
  if (route.info.body) out.raw("body_bytes", std::to_string(route.options.body_max));
  return out.done();
}

std::string operation(const Route& route, Schemas& schemas, const OpenApiInfo& info) {
  Object out;
  out.text("operationId", route.info.operation).text("summary", route.options.summary);
  out.raw("tags", "[" + json_text(tag_of(route.pattern)) + "]");
  if (route.access() == Access::anyone) out.raw("security", "[]");
  if (route.of_tenant()) out.text("x-role", enum_text(route.options.role));
  if (!route.options.scope.empty()) out.text("x-scope", route.options.scope);
  if (!route.options.any_host) out.raw("x-limit", limit(route));
  if (const auto list = parameters(route, schemas); list != "[]") out.raw("parameters", list);
  if (route.info.body) {
    out.raw("requestBody", R"({"required":true,"content":{"application/json":{"schema":)" +
                               schemas.of(*route.info.body) + "}}}");
  }
  out.raw("responses", responses(route, schemas, info));
  return out.done();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

std::vector<const ProblemType*> common_problems(const Route& route) {
  std::vector<const ProblemType*> out{&starter::problems::internal, &starter::problems::unavailable,
                                      &starter::problems::deadline_exceeded};
  if (!route.options.any_host) {
    out.push_back(&problems::host_not_allowed);
    out.push_back(&problems::origin_not_allowed);
    out.push_back(&problems::rate_limited);
  }
  if (route.access() != Access::anyone) {
    out.push_back(&problems::token_missing);
    out.push_back(route.options.scope.empty() ? &problems::person_only : &problems::scope_insufficient);
  }
  if (route.access() == Access::tenant) {
    out.push_back(&problems::tenant_mismatch);
    out.push_back(&problems::tenant_suspended);
    out.push_back(&problems::role_insufficient);
  }
  if (route.info.body || route.info.query) out.push_back(&starter::problems::request_invalid);
  if (route.info.body) {
    out.push_back(&problems::media_type);
    out.push_back(&problems::too_large);
    out.push_back(&problems::bad_request);
  }
  if (route.info.path_count) out.push_back(&starter::problems::not_found);
  if (route.method != Method::get) out.push_back(&starter::problems::conflict);
  if (route.options.idempotent) {
    out.push_back(&starter::problems::idempotency_in_progress);
    out.push_back(&starter::problems::idempotency_reused);
    out.push_back(&starter::problems::request_invalid);
  }
  if (route.info.if_match) {
    out.push_back(&problems::precondition_required);
    out.push_back(&problems::precondition_failed);
  }
  return out;
}

std::string openapi_document(std::span<const Route> routes, const OpenApiInfo& info) {
  Schemas schemas;
  schemas.add("Problem", kProblemSchema);
  schemas.add("FieldError", kFieldErrorSchema);
  for (const auto& route : routes) {
    if (route.info.body) schemas.mark_input(*route.info.body);
  }
  std::map<std::string_view, std::vector<const Route*>> by_path;
  for (const auto& route : routes) by_path[route.pattern].push_back(&route);
  Object paths;
  for (const auto& [pattern, methods] : by_path) {
    Object item;
    for (const Route* route : methods)
      item.raw(lower(method_text(route->method)), operation(*route, schemas, info));
    paths.raw(pattern, item.done());
  }
  Object about;
  about.text("title", info.title).text("version", info.version).text("description", info.description);
  about.raw("license", R"({"name":"Apache-2.0","identifier":"Apache-2.0"})");
  Object components;
  components.raw("schemas", schemas.all());
  components.raw("securitySchemes", R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
  Object out;
  out.text("openapi", "3.1.0").raw("info", about.done()).raw("security", R"([{"bearer":[]}])");
  out.raw("paths", paths.done()).raw("components", components.done());
  return out.done();
}

}  // namespace starter::http
