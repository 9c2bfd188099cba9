#include "starter/describe/json.h"

#include <algorithm>
#include <bitset>

#include "json_tree.h"
#include "starter/describe/scalar.h"

namespace starter::json {
namespace {

constexpr size_t kMaxErrors = 32;
constexpr size_t kMaxFields = 64;

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A member name that the client chose is repeated only if it looks like one: short, plain characters.
bool may_be_named(std::string_view key) {
  return !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// The stable code of a text's fault; the sentence is for people.
std::string_view code_of(const TypeInfo& type, std::string_view wrong) {
  if (!type.values.empty()) return "choice";
  if (wrong == "must not be empty") return "required";
  if (wrong == "is too short") return "too_short";
  if (wrong == "is too long") return "too_long";
  return type.format == "email" ? "email" : "format";
}

/// Reads a tree into a described value and gathers what is wrong on the way.
class Decoder {
 public:
  explicit Decoder(const Tree& tree) : tree_(tree) {}

  void read(const Node& node, const TypeInfo& type, void* out) {
    switch (type.kind) {
      case Kind::object:
        return read_object(node, type, out);
      case Kind::array:
        return read_array(node, type, out);
      case Kind::optional:
        if (node.kind != NodeKind::null) read(node, *type.element, type.container->append(out));
        return;
      case Kind::text:
        return read_text(node, type, out);
      case Kind::boolean:
        if (node.kind != NodeKind::boolean) return fail("type", "must be true or false");
        return type.from_integer(node.integer, out);
      case Kind::integer:
        if (node.kind != NodeKind::integer) return fail("type", "must be a whole number");
        if (const char* wrong = scalar_from_integer(node.integer, type, out)) fail("range", wrong);
        return;
      case Kind::number:
        if (node.kind == NodeKind::integer)
          *static_cast<double*>(out) = static_cast<double>(node.integer);
        else if (node.kind == NodeKind::number)
          *static_cast<double*>(out) = node.number;
        else
          fail("type", "must be a number");
        return;
      case Kind::raw_json:
        return fail("type", "can't be set");
    }
  }

  void fail(std::string_view code, std::string_view detail) {
    if (errors_.size() < kMaxErrors) errors_.push_back({pointer_, std::string(code), std::string(detail)});
  }

  std::vector<FieldError> take() && { return std::move(errors_); }

 private:
  void read_object(const Node& node, const TypeInfo& type, void* out) {
    if (node.kind != NodeKind::object) return fail("type", "must be an object");
    std::bitset<kMaxFields> seen;
    for (uint32_t at = node.first_child; at; at = tree_.nodes[at].next)
      read_member(tree_.nodes[at], type, out, seen);
    for (size_t i = 0; i < type.fields.size(); ++i) {
      if (type.fields[i].required && !seen[i])
        in(type.fields[i].name, [&] { fail("required", "is missing"); });
    }
  }

  void read_member(const Node& member, const TypeInfo& type, void* out, std::bitset<kMaxFields>& seen) {
    const auto key = tree_.key(member);
    const auto field = std::find_if(type.fields.begin(), type.fields.end(),
                                    [&](const FieldInfo& candidate) { return candidate.name == key; });
    if (field == type.fields.end()) {
      return in(may_be_named(key) ? key : std::string_view(),
                [&] { fail("unknown", "is not a known field"); });
    }
    const auto index = static_cast<size_t>(field - type.fields.begin());
    in(key, [&] {
      if (seen[index]) return fail("duplicate", "appears more than once");
      seen[index] = true;
      read(member, *field->type, field->at(out));
    });
  }

  void read_array(const Node& node, const TypeInfo& type, void* out) {
    if (node.kind != NodeKind::array) return fail("type", "must be a list");
    const size_t most = type.max_items ? type.max_items : max_items;
    size_t index = 0;
    for (uint32_t at = node.first_child; at; at = tree_.nodes[at].next, ++index) {
      if (index == most) return fail("range", "has too many items");
      in(std::to_string(index), [&] { read(tree_.nodes[at], *type.element, type.container->append(out)); });
    }
    if (index >= type.min_items) return;
    index == 0 ? fail("required", "must not be empty") : fail("range", "has too few items");
  }

  void read_text(const Node& node, const TypeInfo& type, void* out) {
    if (node.kind != NodeKind::text) return fail("type", "must be a text");
    const auto text = tree_.value(node);
    // Postgres can't store U+0000, so no text may hold it.
    if (text.find('\0') != text.npos) return fail("characters", "must not contain the character U+0000");
    const size_t limit = type.max_length ? 0 : max_text;
    if (limit && code_points(text) > limit) return fail("too_long", "is too long");
    if (const char* wrong = type.from_text(text, out)) fail(code_of(type, wrong), wrong);
  }

  /// Runs `work` with the pointer one step deeper. An empty step stays where it is.
  template <class Work>
  void in(std::string_view step, Work work) {
    const size_t before = pointer_.size();
    if (!step.empty()) pointer_.append("/").append(step);
    work();
    pointer_.resize(before);
  }

  const Tree& tree_;
  std::string pointer_;
  std::vector<FieldError> errors_;
};

void encode_object(const void* value, const TypeInfo& type, std::string& out) {
  out += '{';
  for (const auto& field : type.fields) {
    if (&field != type.fields.data()) out += ',';
    out += '"';
    out += field.name;
    out += "\":";
    detail::encode(field.at(const_cast<void*>(value)), *field.type, out);
  }
  out += '}';
}

}  // namespace

void append_quoted(std::string_view text, std::string& out) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += hex[byte >> 4];
        out += hex[byte & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

namespace detail {

Result<> decode(std::string_view document, const TypeInfo& type, void* out) {
  Tree tree;
  if (const char* wrong = parse(document, tree)) {
    return Problem{problems::request_invalid}.with_field("", "json", std::string("The body ") + wrong);
  }
  Decoder decoder(tree);
  decoder.read(tree.nodes.front(), type, out);
  auto errors = std::move(decoder).take();
  if (errors.empty()) return {};
  return Problem{problems::request_invalid}.with_fields(std::move(errors));
}

void encode(const void* value, const TypeInfo& type, std::string& out) {
  switch (type.kind) {
    case Kind::object:
      return encode_object(value, type, out);
    case Kind::array: {
      out += '[';
      for (size_t i = 0, count = type.container->size(value); i < count; ++i) {
        if (i) out += ',';
        encode(type.container->at(value, i), *type.element, out);
      }
      out += ']';
      return;
    }
    case Kind::optional:
      if (type.container->size(value))
        encode(type.container->at(value, 0), *type.element, out);
      else
        out += "null";
      return;
    case Kind::text: {
      std::string text;
      if (type.to_text) type.to_text(value, text);
      return append_quoted(text, out);
    }
    case Kind::boolean:
    case Kind::integer:
    case Kind::number:
    case Kind::raw_json:
      return scalar_to_text(value, type, out);
  }
}

}  // namespace detail
}  // namespace starter::json
