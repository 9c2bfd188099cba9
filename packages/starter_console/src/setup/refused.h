// What the services would refuse to start with, said before they do: the table of the API itself, over values
// that nobody has deployed yet.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "starter/contracts/model.h"
#include "starter/settings/settings.h"

namespace starter::console::setup {

using Values = std::map<std::string, std::string, std::less<>>;

/// The problems of a start with these values of the contract's variables, missing ones included. A secret
/// that no service reads yet is looked at like the others: it is already stored somewhere.
std::vector<settings::SettingProblem> refused_by_services(const contracts::Contract& contract, Values values);

}  // namespace starter::console::setup
