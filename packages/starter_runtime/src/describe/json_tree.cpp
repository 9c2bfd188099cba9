#include "json_tree.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>

#include "starter/describe/json.h"

namespace starter::json {
namespace {

namespace bj = boost::json;
using Error = bj::error_code;

/// Events of Boost.JSON's parser into the tree. Text arrives in parts, so it is gathered at the end of
/// Tree::text.
class TreeBuilder {
 public:
  static constexpr size_t max_object_size = 10000;
  static constexpr size_t max_array_size = 100000;
  static constexpr size_t max_key_size = 1024;
  static constexpr size_t max_string_size = static_cast<size_t>(-1);

  explicit TreeBuilder(Tree& tree) : tree_(tree) {}

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return open(NodeKind::object); }
  bool on_object_end(size_t, Error&) { return close(); }
  bool on_array_begin(Error&) { return open(NodeKind::array); }
  bool on_array_end(size_t, Error&) { return close(); }
  bool on_key_part(bj::string_view part, size_t, Error&) { return gather(part); }
  bool on_key(bj::string_view part, size_t, Error&) {
    gather(part);
    key_begin_ = static_cast<uint32_t>(mark_);
    key_size_ = static_cast<uint32_t>(tree_.text.size() - mark_);
    mark_ = tree_.text.size();
    return true;
  }
  bool on_string_part(bj::string_view part, size_t, Error&) { return gather(part); }
  bool on_string(bj::string_view part, size_t, Error&) {
    gather(part);
    Node& node = add(NodeKind::text);
    node.text_begin = static_cast<uint32_t>(mark_);
    node.text_size = static_cast<uint32_t>(tree_.text.size() - mark_);
    mark_ = tree_.text.size();
    return true;
  }
  bool on_number_part(bj::string_view, Error&) { return true; }
  bool on_int64(int64_t value, bj::string_view, Error&) {
    add(NodeKind::integer).integer = value;
    return true;
  }
  bool on_uint64(uint64_t value, bj::string_view, Error&) {
    add(NodeKind::number).number = static_cast<double>(value);  // beyond every integer that we accept
    return true;
  }
  bool on_double(double value, bj::string_view, Error& error) {
    if (!std::isfinite(value)) {
      error = bj::error::exponent_overflow;
      return false;
    }
    add(NodeKind::number).number = value;
    return true;
  }
  bool on_bool(bool value, Error&) {
    add(NodeKind::boolean).integer = value;
    return true;
  }
  bool on_null(Error&) {
    add(NodeKind::null);
    return true;
  }
  bool on_comment_part(bj::string_view, Error&) { return true; }
  bool on_comment(bj::string_view, Error&) { return true; }

 private:
  struct Level {
    uint32_t node;
    uint32_t last_child;
  };

  bool gather(bj::string_view part) {
    tree_.text.append(part.data(), part.size());
    return true;
  }

  Node& add(NodeKind kind) {
    const auto index = static_cast<uint32_t>(tree_.nodes.size());
    Node& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.key_begin = std::exchange(key_begin_, 0);
    node.key_size = std::exchange(key_size_, 0);
    if (!levels_.empty()) {
      Level& parent = levels_.back();
      uint32_t& link =
          parent.last_child ? tree_.nodes[parent.last_child].next : tree_.nodes[parent.node].first_child;
      link = index;
      parent.last_child = index;
    }
    return node;
  }

  bool open(NodeKind kind) {
    add(kind);
    levels_.push_back({static_cast<uint32_t>(tree_.nodes.size() - 1), 0});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  Tree& tree_;
  std::vector<Level> levels_;
  size_t mark_ = 0;
  uint32_t key_begin_ = 0, key_size_ = 0;
};

bj::parse_options strict() {
  bj::parse_options options;
  options.max_depth = max_depth;
  return options;
}

}  // namespace

const char* parse(std::string_view document, Tree& tree) {
  tree.text.reserve(document.size());
  bj::basic_parser<TreeBuilder> parser(strict(), tree);
  Error error;
  const size_t used = parser.write_some(false, document.data(), document.size(), error);
  if (error == bj::error::too_deep) return "is nested too deeply";
  if (error) return "is not valid JSON";
  if (used < document.size() || tree.nodes.empty()) return "is not one complete JSON document";
  return nullptr;
}

}  // namespace starter::json
