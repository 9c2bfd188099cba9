#include "document.h"

#include <algorithm>

namespace starter::contracts::conform {

const json::value& at(const json::value& value, std::string_view key) {
  static const json::value null;
  if (!value.is_object()) return null;
  const auto* found = value.get_object().if_contains(key);
  return found == nullptr ? null : *found;
}

const json::value& first(const json::value& value) {
  static const json::value null;
  return value.is_array() && !value.get_array().empty() ? value.get_array().front() : null;
}

std::vector<json::value> items(const json::value& value) {
  if (value.is_array()) return {value.get_array().begin(), value.get_array().end()};
  if (value.is_null()) return {};
  return {value};
}

std::string text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_null() || value.is_object() || value.is_array() ? "" : json::serialize(value);
}

int number(const json::value& value) {
  return std::atoi(text(value).c_str());
}

std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> all;
  for (const auto& item : items(value)) all.push_back(text(item));
  return all;
}

json::value parsed(const std::string& document) {
  boost::system::error_code error;
  auto value = json::parse(document, error);
  return error ? json::value() : value;
}

std::vector<std::string> words(const json::value& before, const json::value& after) {
  auto all = texts(before);
  for (const auto& word : texts(after)) all.push_back(word);
  return all;
}

bool ends_in(const std::string& name, const std::string& role) {
  return name == role || name.ends_with("-" + role);
}

void put(RenderedTarget& target, const std::string& name, const std::string& where, RenderedRole container) {
  if (target.roles.contains(name))
    target.again.push_back({name, where, std::move(container)});
  else
    target.roles.emplace(name, std::move(container));
}

RenderedProbe health_probe(const std::vector<std::string>& words) {
  const auto all = joined(words, " ");
  // It knows the port from the settings of the container: that of the API, or of the worker's metrics.
  if (all.find("starter-api healthcheck") != all.npos)
    return {.path = "/health", .asks = all.find("--worker") == all.npos ? "api" : "worker"};
  const size_t scheme = all.find("://");
  const size_t slash = all.find('/', scheme == all.npos ? 0 : scheme + 3);
  if (scheme == all.npos || slash == all.npos) return {};
  const auto host = all.substr(scheme + 3, slash - scheme - 3);
  const size_t colon = host.rfind(':');
  return {.path = all.substr(slash, all.find_first_of(" '\"", slash) - slash),
          .port = colon == host.npos ? 80 : std::atoi(host.c_str() + colon + 1)};
}

void settle_files(RenderedRole& role, const std::vector<Mount>& mounts, bool always) {
  std::set<const Mount*> named;
  std::multimap<std::string, Given> env;
  for (const auto& [name, entry] : role.env) {
    const auto mount = std::ranges::find_if(mounts, [&](const Mount& one) {
      return !entry.reference && !one.inside.empty() &&
             (entry.text == one.inside || entry.text.starts_with(one.inside + "/"));
    });
    if (mount != mounts.end()) named.insert(&*mount);
    const bool file = name.ends_with("_FILE");
    if (!file || (mount == mounts.end() && !always)) {
      env.emplace(name, entry);
      continue;
    }
    const auto given =
        mount == mounts.end()
            ? Given{true, ""}
            : mount->given(entry.text.substr(std::min(entry.text.size(), mount->inside.size() + 1)));
    env.emplace(name.substr(0, name.size() - 5), given);
  }
  role.env = std::move(env);
  for (const auto& mount : mounts)
    if (!named.contains(&mount)) role.opaque.push_back({"", mount.way + " at " + mount.inside});
}

}  // namespace starter::contracts::conform
