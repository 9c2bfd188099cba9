// The writers behind render(), one for each kind of file.
#pragma once

#include "starter/contracts/render.h"

namespace starter::contracts {

inline constexpr const char* kSource = "packages/starter_contracts/contract";

std::string write_tables(const Contract& contract);
std::string write_inventory(const Contract& contract);
std::string write_settings_schema(const Contract& contract);
std::string write_env_example(const Contract& contract, const std::string& role);
std::string write_compose_env(const Contract& contract);
std::string write_terraform(const Contract& contract, const Target& target);
std::string write_values_schema(const Contract& contract);
std::string write_parity(const Contract& contract);
std::string write_presets(const Contract& contract);
std::string write_mapping(const Contract& contract, const Target& target);

/// Read today, by a role of that name if one is given.
bool is_live(const Variable& variable, std::string_view role = {});
std::string joined(const std::vector<std::string>& words, const std::string& between);

/// Text for a cell of a Markdown table.
std::string cell(std::string_view text);

}  // namespace starter::contracts
