// Where variables come from, beside the list that everybody looks at.
#include <algorithm>

#include "tests/json_walk.h"
#include "tests/native.h"

namespace starter::contracts::testing {

namespace json = boost::json;

namespace {

json::array& list(json::object& object, std::string_view key) {
  auto& found = object[key];
  if (!found.is_array()) found = json::array();
  return found.as_array();
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::vector<std::string> Native::side_doors() const {
  if (is("aws")) return {"environmentFiles"};
  if (is("azure")) return {"Secret"};
  if (is("gcp")) return {"secret"};
  if (is("kubernetes"))
    return {"configMapRef", "secretRef", "configMapKeyRef", "fieldRef", "secret",
            "configMap",    "csi",       "projected"};
  return {"env_file", "secrets", "configs", "null", ".env"};
}

void Native::open_door(const std::string& role, const std::string& way) {
  auto& inside = container(role);
  if (is("aws")) {
    list(inside, "environmentFiles").push_back({{"type", "s3"}, {"value", "arn:aws:s3:::other/worker.env"}});
  } else if (is("azure")) {
    list(pod(role), "volume").push_back({{"name", "more"}, {"storage_type", way}});
    list(inside, "volume_mounts").push_back({{"name", "more"}, {"path", "/mnt/more"}});
  } else if (is("gcp")) {
    list(pod(role), "volumes").push_back({{"name", "more"}, {way, json::array{{{"secret", "more"}}}}});
    list(inside, "volume_mounts").push_back({{"name", "more"}, {"mount_path", "/mnt/more"}});
  } else if (is("kubernetes")) {
    if (way == "configMapRef" || way == "secretRef") {
      list(inside, "envFrom").push_back({{way, {{"name", "more"}}}});
    } else if (way == "configMapKeyRef") {
      list(inside, "env")
          .push_back({{"name", "TRUSTED_PROXIES"}, {"valueFrom", {{way, {{"name", "more"}, {"key", "x"}}}}}});
    } else if (way == "fieldRef") {
      list(inside, "env")
          .push_back({{"name", "TRUSTED_PROXIES"}, {"valueFrom", {{way, {{"fieldPath", "status.hostIP"}}}}}});
    } else {
      list(pod(role), "volumes").push_back({{"name", "more"}, {way, json::object()}});
      list(inside, "volumeMounts").push_back({{"name", "more"}, {"mountPath", "/mnt/more"}});
    }
  } else if (way == "env_file") {
    list(inside, way).push_back({{"path", "./more.env"}, {"required", true}});
  } else if (way == "null") {
    inside.at("environment").as_object()["TRUSTED_PROXIES"] = nullptr;
  } else if (way == ".env") {
    list(inside, "volumes")
        .push_back({{"type", "bind"}, {"source", "/srv/more"}, {"target", "/app/.env.local"}});
  } else {
    list(inside, way).push_back({{"source", "more"}, {"target", "/mnt/more"}});
    auto& files = documents_.front().as_object()[way];
    if (!files.is_object()) files = json::object();
    files.as_object()["more"] = {{"file", "/srv/more"}};
  }
}

void Native::mount(const std::string& role, const std::string& variable, const std::string& secret) {
  auto& inside = container(role);
  const auto file = "/mnt/secrets/" + (is("azure") ? secret : lower(variable));
  if (is("compose")) {
    list(inside, "secrets").push_back({{"source", secret}, {"target", file}});
    inside.at("environment").as_object()[variable + "_FILE"] = file;
    return;
  }
  env(role).push_back({{"name", variable + "_FILE"}, {"value", file}});
  if (is("azure")) {
    list(pod(role), "volume").push_back({{"name", "more"}, {"storage_type", "Secret"}});
    list(inside, "volume_mounts").push_back({{"name", "more"}, {"path", "/mnt/secrets"}});
  }
  if (is("gcp")) {
    const json::object item{{"path", lower(variable)}, {"version", "latest"}};
    list(pod(role), "volumes")
        .push_back(
            {{"name", "more"}, {"secret", json::array{{{"secret", secret}, {"items", json::array{item}}}}}});
    list(inside, "volume_mounts").push_back({{"name", "more"}, {"mount_path", "/mnt/secrets"}});
  }
  if (is("kubernetes")) {
    const json::object item{{"key", variable}, {"path", lower(variable)}};
    list(pod(role), "volumes")
        .push_back({{"name", "more"}, {"secret", {{"secretName", secret}, {"items", json::array{item}}}}});
    list(inside, "volumeMounts").push_back({{"name", "more"}, {"mountPath", "/mnt/secrets"}});
  }
}

void Native::whole_secret(const std::string& role, const std::string& secret) {
  list(container(role), "envFrom").push_back({{"secretRef", {{"name", secret}}}});
}

void Native::whole_map(const std::string& role, const std::string& variable, const std::string& value) {
  list(container(role), "envFrom").push_back({{"configMapRef", {{"name", "more"}}}});
  documents_.push_back({{"apiVersion", "v1"},
                        {"kind", "ConfigMap"},
                        {"metadata", {{"name", "more"}}},
                        {"data", {{variable, value}}}});
}

std::string Native::referred(const std::string& role, const std::string& variable) {
  return json::value_to<std::string>(declared(role).at("env").at(variable).at("reference"));
}

void Native::refer(const std::string& role, const std::string& variable, const std::string& text) {
  const json::value wanted(text);
  if (is("aws")) {
    reference(role, variable) = wanted;
  } else if (is("gcp")) {
    reference(role, variable) =
        json::array{{{"secret_key_ref", json::array{{{"secret", wanted}, {"version", "latest"}}}}}};
  } else if (is("azure")) {
    const auto name =
        "other-" + std::to_string(list(workload(role).at("values").as_object(), "secret").size());
    list(workload(role).at("values").as_object(), "secret")
        .push_back({{"name", name}, {"key_vault_secret_id", wanted}});
    reference(role, variable) = json::value(name);
  } else if (is("compose")) {
    const auto name = "other_" + std::to_string(documents_.front().at("secrets").as_object().size());
    documents_.front().at("secrets").as_object()[name] = {{"file", wanted}};
    list(container(role), "secrets").push_back({{"source", name}, {"target", "/run/secrets/" + name}});
    reference(role, variable) = json::value("/run/secrets/" + name);
    // What no variable names any longer is not mounted, either.
    auto& mounted = list(container(role), "secrets");
    for (size_t i = mounted.size(); i-- > 0;)
      if (is_text(mounted[i].as_object(), "source", lower(variable)))
        mounted.erase(mounted.begin() + static_cast<long>(i));
  } else {
    for (auto& document : documents_) {
      if (!is_text(document.as_object(), "kind", "ExternalSecret") ||
          !is_text(document.at("metadata").as_object(), "name", "starter-" + role))
        continue;
      for (auto& one : document.at("spec").at("data").as_array())
        if (is_text(one.as_object(), "secretKey", variable)) one.at("remoteRef").as_object()["key"] = wanted;
    }
  }
  declared(role).at("env").at(variable).as_object()["reference"] = wanted;
}

}  // namespace starter::contracts::testing
