// The texts that AWS and its tools hand over: files of profiles, keys in JSON and XML, errors.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "starter/core/result.h"
#include "starter/providers/sigv4.h"

namespace starter::providers {

/// The text between <name> and </name>, or empty; the fields that are read hold no entities.
std::string element(std::string_view xml, const std::string& name);

/// The members of one [section] of a file of profiles; what stands below a member, indented, is no member.
std::map<std::string, std::string> profile_section(std::string_view text, std::string_view wanted);

/// What ECS, EKS and instances answer, and what the security token service does. Problem secrets_foreign.
Result<AwsCredentials> keys_in_json(const std::string& body, std::string from);
Result<AwsCredentials> keys_in_xml(const std::string& body, std::string from);

}  // namespace starter::providers
