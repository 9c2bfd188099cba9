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

  /// A second workload runs what that of `role` does; its container is called `container`.
  void copy(const std::string& role, const std::string& workload, const std::string& container);
  /// A workload of another kind does: a StatefulSet, a job. Compose has one kind only.
  void copy_as_job(const std::string& role, const std::string& container);
  /// What keeps a role running does so no longer; it is run at times.
  void as_job(const std::string& role);
  /// A second service runs the workload of that role. Only ECS tells the two apart.
  void serve_twice(const std::string& role, const std::string& service);
  /// A container that stands beside the one of `role`.
  void beside(const std::string& role, const std::string& container, const std::string& image);
  /// A resource of Terraform.
  void resource_of(const std::string& type, const std::string& name);
  /// What is run before the words of the command; the platform has a list of its own for it.
  void entrypoint(const std::string& role, const std::vector<std::string>& words);
  void run(const std::string& container, const std::vector<std::string>& words);
  /// The health check of the container itself.
  void ask(const std::string& role, const std::vector<std::string>& words);
  void rename(const std::string& container, const std::string& name);
  void probe_port(const std::string& role, const std::string& kind, int port);
  /// Ways in which nothing makes the API wait for the migration any longer.
  std::vector<std::string> gates() const;
  void open_gate(const std::string& way);
  /// Ways to give variables beside the list that everybody looks at.
  std::vector<std::string> side_doors() const;
  void open_door(const std::string& role, const std::string& way);
  /// A file with `secret` is mounted and `NAME_FILE` says where.
  void mount(const std::string& role, const std::string& variable, const std::string& secret);
  /// All of a Secret, or of a ConfigMap that is rendered beside it.
  void whole_secret(const std::string& role, const std::string& secret);
  void whole_map(const std::string& role, const std::string& variable, const std::string& value);
  /// A secret is looked for elsewhere, and what is declared says so.
  void refer(const std::string& role, const std::string& variable, const std::string& reference);
  std::string referred(const std::string& role, const std::string& variable);

  /// What the target says about itself, and about one role.
  boost::json::object& declaration();
  boost::json::object& declared(const std::string& role);

 private:
  boost::json::object& container(const std::string& role);
  boost::json::array& env(const std::string& role);
  boost::json::object& resource(const std::string& type, const std::string& name);
  boost::json::array& references(const std::string& role);
  boost::json::value& reference(const std::string& role, const std::string& variable);
  boost::json::object& workload(const std::string& role);
  boost::json::array& resources();
  boost::json::object& pod(const std::string& role);
  void turn_into_job(boost::json::object& workload);
  bool is(std::string_view name) const { return target_->name == name; }

  const Target* target_;
  std::vector<boost::json::value> documents_;  // text that holds JSON is parsed in them
};

}  // namespace starter::contracts::testing
