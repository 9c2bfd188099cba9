#include "starter/contracts/render.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "writers.h"

namespace starter::contracts {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string short_number(double number) {
  return std::to_string(static_cast<long long>(number));
}

}  // namespace

bool is_live(const Variable& variable, std::string_view role) {
  return !variable.since.empty() && (role.empty() || variable.is_read_by(role));
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : c == '<' ? "&lt;" : std::string(1, c);
  return out;
}

std::string type_text(const Variable& variable) {
  std::string out(name_of(variable.type));
  if (variable.type == Type::mailbox) out += ": Name <name@example.com>";
  if (!variable.allowed.empty()) out += ": " + joined(variable.allowed, ", ");
  const bool number = variable.type == Type::integer || variable.type == Type::number;
  const std::string unit =
      number                ? ""
      : variable.values > 1 ? " characters, up to " + std::to_string(variable.values) + " separated by commas"
                            : " characters";
  if (variable.min && variable.max)
    return out + ": " + short_number(*variable.min) + " to " + short_number(*variable.max) + unit;
  if (variable.min) return out + ": at least " + short_number(*variable.min) + unit;
  if (variable.max) return out + ": at most " + short_number(*variable.max) + unit;
  return out;
}

std::vector<std::string> guide_paths(const Contract& contract) {
  std::vector<std::string> paths;
  for (const auto& target : contract.targets) paths.push_back(target.guide);
  return paths;
}

std::string with_block(const std::string& page, const std::string& name, const std::string& text) {
  const std::string open = "<!-- contract:" + name + " -->\n", close = "<!-- /contract:" + name + " -->";
  const size_t begin = page.find(open);
  if (begin == page.npos) return page + (page.ends_with("\n\n") ? "" : "\n") + open + text + close + "\n";
  const size_t end = page.find(close, begin);
  // Without its end nobody knows where people went on writing: everything below stays.
  if (end == page.npos)
    return page.substr(0, begin + open.size()) + text + close + "\n" + page.substr(begin + open.size());
  return page.substr(0, begin + open.size()) + text + page.substr(end);
}

Rendered render(const Contract& contract, const Rendered& pages) {
  Rendered files{
      {"packages/starter_contracts/src/tables.cpp", write_tables(contract)},
      {"docs/trackers/CONSOLE_ENV_INVENTORY.md", write_inventory(contract)},
      {"docs/contracts/settings.schema.json", write_settings_schema(contract)},
      {"docs/contracts/findings.md", write_findings()},
      {"apps/api-service/.env.local.example", write_env_example(contract, "api")},
      {"apps/web-app/.env.local.example", write_env_example(contract, "web")},
      {"apps/web-app/lib/settings-table.ts", write_script(contract)},
      {"ops/compose/.env.prod.example", write_compose_env(contract)},
      {"ops/charts/starter/values.schema.json", write_values_schema(contract)},
      {"docs/ops/provider-parity.md", write_parity(contract)},
      {"docs/ops/setup-wizard-presets.md", write_presets(contract)},
  };
  for (const auto& target : contract.targets) {
    if (target.kind == "terraform")
      files[target.folder + "/variables-contract.tf"] = write_terraform(contract, target);
    const auto page = pages.find(target.guide);
    files[target.guide] = with_block(page == pages.end() ? new_guide(target) : page->second, "mapping",
                                     write_mapping(contract, target));
  }
  return files;
}

std::string diff_of(const std::string& path, const std::string& before, const std::string& after,
                    size_t most) {
  const auto a = lines_of(before), b = lines_of(after);
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  if (head == a.size() && head == b.size())
    return before == after ? "" : "--- " + path + "\nonly its end differs\n";
  // Longest common subsequence of what lies between; generated files change in few places, so it stays small.
  const size_t n = std::min<size_t>(a.size() - head - tail, 2'000),
               m = std::min<size_t>(b.size() - head - tail, 2'000);
  std::vector<std::vector<uint16_t>> common(n + 1, std::vector<uint16_t>(m + 1));
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;)
      common[i][j] = a[head + i] == b[head + j] ? static_cast<uint16_t>(common[i + 1][j + 1] + 1)
                                                : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<std::string> out;
  for (size_t i = head > 3 ? head - 3 : 0; i < head; ++i) out.push_back("  " + a[i]);
  for (size_t i = 0, j = 0; i < n || j < m;) {
    if (i < n && j < m && a[head + i] == b[head + j]) {
      out.push_back("  " + a[head + i]);
      ++i, ++j;
    } else if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1])) {
      out.push_back("- " + a[head + i++]);
    } else {
      out.push_back("+ " + b[head + j++]);
    }
  }
  for (size_t i = 0; i < 3 && i < tail; ++i) out.push_back("  " + a[a.size() - tail + i]);
  std::string text = "--- " + path + " as it is\n+++ " + path + " as the contract has it\n@@ from line " +
                     std::to_string(head + 1) + " @@\n";
  for (size_t i = 0; i < out.size() && i < most; ++i) text += out[i] + "\n";
  if (out.size() > most) text += "... and " + std::to_string(out.size() - most) + " lines more\n";
  return text;
}

}  // namespace starter::contracts
