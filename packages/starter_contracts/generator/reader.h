// A YAML node that knows where it stands and complains instead of throwing.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>

#include "starter/contracts/load.h"

namespace starter::contracts {

/// Collects faults. Every Reader of one load shares it.
struct Faults {
  std::vector<Fault> all;
  void add(const Place& place, std::string what, std::string fix) {
    all.push_back({place.file, place.line, std::move(what), std::move(fix)});
  }
};

/// One mapping. Each member is asked for by name; finish() complains about those that nobody asked for.
class Reader {
 public:
  Reader(const YAML::Node& node, std::string file, std::string about, Faults& faults);

  Place place() const { return place_of(node_); }
  const std::string& about() const { return about_; }

  bool has(const std::string& key);
  std::string text(const std::string& key, bool needed = false);
  std::optional<double> number(const std::string& key);
  int integer(const std::string& key, bool needed = false);
  bool boolean(const std::string& key);
  std::vector<std::string> words(const std::string& key);
  std::map<std::string, std::string> pairs(const std::string& key);
  std::string choice(const std::string& key, std::initializer_list<std::string_view> allowed);

  /// Members of a mapping that are mappings, in order.
  std::vector<std::pair<std::string, Reader>> children(const std::string& key);
  /// Items of a list that are mappings.
  std::vector<Reader> items(const std::string& key);
  std::optional<Reader> child(const std::string& key);

  void finish();
  void complain(std::string what, std::string fix) {
    faults_->add(place(), about_ + " " + what, std::move(fix));
  }

 private:
  YAML::Node member(const std::string& key);
  Place place_of(const YAML::Node& node) const { return {file_, node.Mark().line + 1}; }
  std::string scalar(const YAML::Node& node, const std::string& key);

  YAML::Node node_;
  std::string file_, about_;
  Faults* faults_;
  std::set<std::string> asked_;
};

/// The nearest of the candidates, or empty.
std::string nearest(std::string_view word, const std::set<std::string>& candidates);

}  // namespace starter::contracts
