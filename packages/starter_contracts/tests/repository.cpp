#include "tests/repository.h"

#include <gtest/gtest.h>

#include <fstream>

namespace starter::contracts::testing {

namespace fs = std::filesystem;

fs::path root() {
  return STARTER_SOURCE_ROOT;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

const Files& contract_files() {
  static const Files files = [] {
    const auto folder = root() / "packages/starter_contracts/contract";
    Files all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".yaml")
        all[fs::relative(entry.path(), folder).string()] = read(entry.path());
    return all;
  }();
  return files;
}

const Contract& contract() {
  static const Contract loaded = [] {
    auto result = load(contract_files());
    EXPECT_TRUE(result) << (result ? "" : report_of(result.error()));
    return result ? std::move(*result) : Contract();
  }();
  return loaded;
}

boost::json::value as_json(const YAML::Node& node) {
  if (node.IsMap()) {
    boost::json::object object;
    for (const auto& member : node) object[member.first.Scalar()] = as_json(member.second);
    return object;
  }
  if (node.IsSequence()) {
    boost::json::array array;
    for (const auto& item : node) array.push_back(as_json(item));
    return array;
  }
  if (!node.IsScalar()) return nullptr;
  const auto& text = node.Scalar();
  if (node.Tag() == "!") return boost::json::value(text);  // in quotes
  if (text == "true" || text == "false") return text == "true";
  boost::system::error_code error;
  const auto number = boost::json::parse(text, error);
  return !error && number.is_number() ? number : boost::json::value(text);
}

boost::json::value as_json(const std::string& yaml) {
  return as_json(YAML::Load(yaml));
}

}  // namespace starter::contracts::testing
