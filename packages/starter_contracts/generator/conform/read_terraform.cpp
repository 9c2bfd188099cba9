// What all Terraform roots have in common: where the state is, and the outputs.
#include <algorithm>

#include "document.h"

namespace starter::contracts {

namespace conform {

namespace {

/// Resources that run something and hold no list of containers that could be compared.
constexpr std::string_view kElsewhere[] = {"aws_apprunner_service",
                                           "aws_batch_job_definition",
                                           "aws_instance",
                                           "aws_lambda_function",
                                           "azurerm_container_group",
                                           "azurerm_linux_function_app",
                                           "azurerm_linux_virtual_machine",
                                           "azurerm_linux_web_app",
                                           "google_cloud_run_service",
                                           "google_cloudfunctions2_function",
                                           "google_compute_instance"};

}  // namespace

void each_resource(const json::value& module, const SeeResource& see) {
  for (const auto& resource : items(at(module, "resources")))
    if (text(at(resource, "mode")) != "data") see(text(at(resource, "type")), resource);
  for (const auto& child : items(at(module, "child_modules"))) each_resource(child, see);
}

std::expected<RenderedTarget, Unreadable> read_terraform(const std::string& name,
                                                         const std::string& document) {
  auto values = terraform_values(document);
  if (!values) return std::unexpected(values.error());
  RenderedTarget target{.name = name};
  const auto& module = at(*values, "root_module");
  if (name == "aws") read_aws(module, target);
  if (name == "azure") read_azure(module, target);
  if (name == "gcp") read_gcp(module, target);
  each_resource(module, [&](const std::string& type, const json::value& resource) {
    if (std::ranges::find(kElsewhere, type) != std::end(kElsewhere))
      target.elsewhere.push_back(text(at(resource, "address")));
  });
  if (at(*values, "outputs").is_object())
    for (const auto& [output, value] : at(*values, "outputs").get_object()) {
      target.outputs.insert(output);
      if (output == "contract") read_declared(at(value, "value"), target);
    }
  return target;
}

}  // namespace conform

std::expected<boost::json::value, Unreadable> terraform_values(const std::string& document) {
  using namespace conform;
  json::value values;
  // `terraform show` has them under `values`, `terraform test` right in `test_state`. A plan hides what is
  // not known yet.
  const auto take = [&](const json::value& line) {
    if (at(line, "values").is_object()) values = at(line, "values");
    if (at(line, "test_state").is_object()) values = at(line, "test_state");
  };
  if (const auto whole = parsed(document); whole.is_object()) {
    take(whole);
  } else {
    for (size_t begin = 0; begin < document.size();) {
      const size_t end = std::min(document.find('\n', begin), document.size());
      take(parsed(document.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  if (!values.is_object())
    return std::unexpected(Unreadable{"holds no state of Terraform (a run with command = apply)",
                                      "terraform test -json -verbose"});
  return values;
}

}  // namespace starter::contracts
