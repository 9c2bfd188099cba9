#include "starter/contracts/load.h"

#include <algorithm>

#include "parts.h"

namespace starter::contracts {

namespace {

using Part = void (*)(Reader, Contract&);

Part part_of(const std::string& file) {
  if (file.starts_with("environment/") && file.ends_with(".yaml")) return read_environment;
  static const std::map<std::string, Part> parts{
      {"deployment.yaml", read_deployment}, {"roles.yaml", read_roles},
      {"targets.yaml", read_targets},       {"providers.yaml", read_providers},
      {"profiles.yaml", read_profiles},     {"features.yaml", read_features},
      {"conditions.yaml", read_conditions}};
  const auto found = parts.find(file);
  return found == parts.end() ? nullptr : found->second;
}

void read(const std::string& file, const std::string& text, Contract& contract, Faults& faults) {
  const auto part = part_of(file);
  if (part == nullptr)
    return faults.add({file, 1}, "the contract has no such file",
                      "move it, or name it in generator/load.cpp");
  try {
    part(Reader(YAML::Load(text), file, "the file", faults), contract);
  } catch (const YAML::Exception& error) {
    faults.add({file, error.mark.line + 1}, "the YAML can't be read: " + error.msg,
               "mend the line or the one before it");
  }
}

}  // namespace

std::optional<Pattern> read_pattern(Reader& reader, const std::string& key) {
  const auto text = reader.text(key);
  if (text.empty()) return std::nullopt;
  auto pattern = Pattern::parse(text);
  if (pattern) return std::move(*pattern);
  reader.complain("has a pattern that " + pattern.error(),
                  "docs/contracts/conditions.md tells what a pattern may hold");
  return std::nullopt;
}

std::string report_of(const std::vector<Fault>& faults) {
  std::string out;
  for (const auto& fault : faults)
    out += fault.file + ":" + std::to_string(fault.line) + ": " + fault.what + "; " + fault.fix + "\n";
  return out;
}

std::expected<Contract, std::vector<Fault>> load(const Files& files) {
  Contract contract;
  Faults faults;
  // The targets first: what is said of all of them is written out for each.
  const auto targets = files.find("targets.yaml");
  if (targets != files.end()) read(targets->first, targets->second, contract, faults);
  for (const auto& [file, text] : files)
    if (file != "targets.yaml") read(file, text, contract, faults);
  // What is between the parts can be judged only when each of them is sound.
  if (faults.all.empty()) check(contract, faults);
  if (faults.all.empty()) return contract;
  std::ranges::sort(faults.all, [](const Fault& a, const Fault& b) {
    return std::tie(a.file, a.line, a.what) < std::tie(b.file, b.line, b.what);
  });
  return std::unexpected(std::move(faults.all));
}

}  // namespace starter::contracts
