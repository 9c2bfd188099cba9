// Canaries: secrets that tests send through a program and look for in everything that comes out.
#pragma once

#include <string>
#include <vector>

namespace starter::test {

/// Everything but letters, digits and -_.~ as %xx.
std::string percent_encoded(const std::string& text);

/// All the ways in which a secret may stand in a text. Base64 depends on what stands before it, so the part
/// that does not is taken, for each of the three positions.
std::vector<std::string> spellings(const std::string& secret);

}  // namespace starter::test
