// The fixtures in their own formats, with handles that damage them where a mistake in a blueprint, chart or
// Compose file would. What a target says about itself is left as it was, unless a test asks for declared().
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "starter/contracts/model.h"

namespace starter::contracts::testing {

class Native {
 public:
  explicit Native(const Target& target);

  const Target& target() const { return *target_; }
  /// In the format of the target again.
  std::string document() const;

  std::vector<std::string> plain(const std::string& role);
  std::vector<std::string> secrets(const std::string& role);
  std::vector<std::string> probes(const std::string& role);
  std::string value(const std::string& role, const std::string& variable);

  void drop(const std::string& role, const std::string& variable);
  void add(const std::string& role, const std::string& variable, const std::string& value);
  void set(const std::string& role, const std::string& variable, const std::string& value) {
    drop(role, variable);
    add(role, variable, value);
  }
  /// `variable` refers to the secret of `other` instead of its own.
  void share(const std::string& role, const std::string& variable, const std::string& other);
  void swap(const std::string& role, const std::string& variable, const std::string& other);
  /// `role` gets a secret that `other` has, by reference.
  void lend(const std::string& role, const std::string& variable, const std::string& other);
  void command(const std::string& role, const std::string& word);
  void image(const std::string& role, const std::string& image);
  void port(const std::string& role, int port);
  void probe(const std::string& role, const std::string& kind, const std::string& path);
  void drop_probe(const std::string& role, const std::string& kind);
  void drop_role(const std::string& role);
  void drop_output(const std::string& output);

  /// What the target says about one role.
  boost::json::object& declared(const std::string& role);

 private:
  boost::json::object& container(const std::string& role);
  boost::json::array& env(const std::string& role);
  boost::json::object& resource(const std::string& type, const std::string& name);
  boost::json::array& references(const std::string& role);
  boost::json::value& reference(const std::string& role, const std::string& variable);
  bool is(std::string_view name) const { return target_->name == name; }

  const Target* target_;
  std::vector<boost::json::value> documents_;  // text that holds JSON is parsed in them
};

}  // namespace starter::contracts::testing
