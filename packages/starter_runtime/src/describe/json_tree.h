// A JSON document as a flat tree that keeps what typed trees lose: duplicate members and their order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace starter::json {

enum class NodeKind : uint8_t { null, boolean, integer, number, text, object, array };

struct Node {
  NodeKind kind = NodeKind::null;
  uint32_t key_begin = 0, key_size = 0;    // in Tree::text; members only
  uint32_t text_begin = 0, text_size = 0;  // in Tree::text; texts only
  int64_t integer = 0;                     // booleans and integers
  double number = 0;
  uint32_t first_child = 0, next = 0;  // indexes; 0 is none, since the root is nobody's child
};

struct Tree {
  std::vector<Node> nodes;
  std::string text;

  std::string_view key(const Node& node) const {
    return std::string_view(text).substr(node.key_begin, node.key_size);
  }
  std::string_view value(const Node& node) const {
    return std::string_view(text).substr(node.text_begin, node.text_size);
  }
};

/// Parses strict RFC 8259 JSON with a bound on depth. Answers nullptr or what is wrong.
const char* parse(std::string_view document, Tree& tree);

}  // namespace starter::json
