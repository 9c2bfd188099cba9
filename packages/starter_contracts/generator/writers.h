// The writers behind render(), one for each kind of file.
#pragma once

#include "starter/contracts/render.h"

namespace starter::contracts {

inline constexpr const char* kSource = "packages/starter_contracts/contract";

std::string write_tables(const Contract& contract);
std::string write_inventory(const Contract& contract);
std::string write_settings_schema(const Contract& contract);
std::string write_script(const Contract& contract);
std::string write_env_example(const Contract& contract, const std::string& role);
std::string write_compose_env(const Contract& contract);
std::string write_terraform(const Contract& contract, const Target& target);
std::string write_values_schema(const Contract& contract);
std::string write_parity(const Contract& contract);
std::string write_findings();
std::string write_presets(const Contract& contract);
std::string write_mapping(const Contract& contract, const Target& target);
/// A guide that nobody has written yet: what can be said of every target, and the block of its mapping.
std::string new_guide(const Target& target);

/// Read today, by a role of that name if one is given.
bool is_live(const Variable& variable, std::string_view role = {});
std::string joined(const std::vector<std::string>& words, const std::string& between);

/// What the text of a number in its range looks like; it has a least. Without anchors.
std::string range_pattern(const Variable& variable);

/// Where an input is given on that target, as code; a dash where it has none.
std::string where(const Input& input, const Target& target);

/// Text for a cell of a Markdown table.
std::string cell(std::string_view text);

}  // namespace starter::contracts
