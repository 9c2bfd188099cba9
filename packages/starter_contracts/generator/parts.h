// The parts of load(): each reads one kind of file, and check.cpp holds what must be true between them.
#pragma once

#include "reader.h"

namespace starter::contracts {

void read_environment(Reader file, Contract& contract);  // environment/*.yaml
void read_deployment(Reader file, Contract& contract);   // deployment.yaml
void read_roles(Reader file, Contract& contract);        // roles.yaml
void read_targets(Reader file, Contract& contract);      // targets.yaml
void read_providers(Reader file, Contract& contract);    // providers.yaml
void read_profiles(Reader file, Contract& contract);     // profiles.yaml
void read_features(Reader file, Contract& contract);     // features.yaml
void read_conditions(Reader file, Contract& contract);   // conditions.yaml

void check(const Contract& contract, Faults& faults);

/// The pattern of a member; what is wrong with it is complained about.
std::optional<Pattern> read_pattern(Reader& reader, const std::string& key);

}  // namespace starter::contracts
