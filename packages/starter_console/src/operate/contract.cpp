#include "operate/contract.h"

#include "frame/invocation.h"
#include "system/files.h"

namespace starter::console::operate {

namespace fs = std::filesystem;

Outcome<contracts::Contract> load_contract(const dev::Workspace& workspace) {
  const auto folder = workspace.root() / "packages/starter_contracts/contract";
  contracts::Files files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml")
      files[fs::relative(entry.path(), folder).string()] = CHECKED(read_file(entry.path()));
  }
  if (files.empty())
    return Failure{.code = "contract.absent",
                   .what = "There is no contract in " + folder.string() + ".",
                   .why = error ? error.message() : "The folder holds no YAML.",
                   .fix = "git checkout -- packages/starter_contracts/contract",
                   .exit = Exit::not_found};
  auto contract = contracts::load(files);
  if (contract) return std::move(*contract);
  const auto& faults = contract.error();
  auto mistakes = contracts::report_of(faults);
  mistakes.pop_back();
  for (std::size_t at = 0; (at = mistakes.find('\n', at)) != mistakes.npos;) mistakes.replace(at, 1, ". ");
  return Failure{
      .code = "contract.invalid",
      .what = "The contract has " + std::to_string(faults.size()) + " mistakes.",
      .why = mistakes + ".",
      .fix = editor_command((folder / faults.front().file).string(), static_cast<int>(faults.front().line)),
      .docs = "docs/contracts/README.md"};
}

Outcome<std::vector<Drift>> contract_drift(const dev::Workspace& workspace,
                                           const contracts::Contract& contract) {
  std::error_code error;
  const auto text_of = [&](const std::string& path) -> Outcome<std::string> {
    if (!fs::exists(workspace.root() / path, error)) return std::string();
    return read_file(workspace.root() / path);
  };
  contracts::Rendered pages;
  for (const auto& path : contracts::guide_paths(contract))
    if (auto text = CHECKED(text_of(path)); !text.empty()) pages[path] = std::move(text);
  std::vector<Drift> all;
  for (const auto& [path, wanted] : contracts::render(contract, pages)) {
    auto now = CHECKED(text_of(path));
    if (now != wanted) all.push_back({path, std::move(now), wanted});
  }
  return all;
}

}  // namespace starter::console::operate
