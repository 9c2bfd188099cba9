#include "starter/postgres/rows.h"

#include <libpq-fe.h>

#include <cstdlib>

#include "starter/describe/json.h"
#include "starter/describe/scalar.h"

namespace starter::pg {

namespace {

/// An array literal: every element quoted, so that no text is taken for NULL or for a delimiter.
void append_array(const void* value, const TypeInfo& type, std::string& out) {
  out += '{';
  const TypeInfo& element = *type.element;
  const bool optional = element.kind == Kind::optional;
  for (size_t i = 0; i < type.container->size(value); ++i) {
    if (i > 0) out += ',';
    const void* item = type.container->at(value, i);
    if (optional && element.container->size(item) == 0) {
      out += "NULL";
      continue;
    }
    std::string text;
    scalar_to_text(optional ? element.container->at(item, 0) : item, optional ? *element.element : element,
                   text);
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  out += '}';
}

}  // namespace

void Parameters::add(const void* value, const TypeInfo& type) {
  const TypeInfo* actual = &type;
  if (type.kind == Kind::optional) {
    if (type.container->size(value) == 0) {
      values_.emplace_back(std::nullopt);
      return;
    }
    value = type.container->at(value, 0);
    actual = type.element;
  }
  auto& text = values_.emplace_back(std::in_place).value();
  if (actual->kind == Kind::array)
    append_array(value, *actual, text);
  else
    scalar_to_text(value, *actual, text);
}

std::vector<const char*> Parameters::pointers() const {
  std::vector<const char*> out;
  out.reserve(values_.size());
  for (const auto& value : values_) out.push_back(value ? value->c_str() : nullptr);
  return out;
}

Rows::Rows(pg_result* result) : result_(result, PQclear) {}

size_t Rows::size() const {
  return result_ ? static_cast<size_t>(PQntuples(result_.get())) : 0;
}

size_t Rows::affected() const {
  return result_ ? static_cast<size_t>(std::strtoull(PQcmdTuples(result_.get()), nullptr, 10)) : 0;
}

Result<> Rows::read(size_t index, const TypeInfo& type, void* out) const {
  const auto row = static_cast<int>(index);
  if (static_cast<size_t>(PQnfields(result_.get())) != type.fields.size()) {
    return Problem{problems::internal, "a query returns another number of columns than its row type has"};
  }
  for (size_t i = 0; i < type.fields.size(); ++i) {
    const auto column = static_cast<int>(i);
    const FieldInfo& field = type.fields[i];
    if (PQgetisnull(result_.get(), row, column)) {
      if (field.type->kind == Kind::optional) continue;
      return Problem{problems::internal,
                     "column " + std::string(field.name) + " is null but its member is not optional"};
    }
    const std::string_view text(PQgetvalue(result_.get(), row, column),
                                static_cast<size_t>(PQgetlength(result_.get(), row, column)));
    if (const char* wrong = scalar_from_text(text, *field.type, field.at(out))) {
      return Problem{problems::internal, "column " + std::string(field.name) + " " + wrong};
    }
  }
  return {};
}

}  // namespace starter::pg
