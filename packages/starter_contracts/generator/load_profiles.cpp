// providers.yaml, profiles.yaml, features.yaml and conditions.yaml.
#include "parts.h"

namespace starter::contracts {

namespace {

std::vector<Prompt> read_prompts(Reader& reader) {
  std::vector<Prompt> prompts;
  for (auto& item : reader.items("prompts")) {
    prompts.push_back({item.text("variable", true), item.text("ask", true), item.text("example")});
    item.finish();
  }
  return prompts;
}

Provider read_provider(Reader& reader, const std::string& name) {
  Provider provider{.name = name,
                    .title = reader.text("title", true),
                    .cloud = reader.text("cloud"),
                    .signing = reader.text("signing"),
                    .bucket = reader.text("bucket"),
                    .tool = reader.text("tool"),
                    .hosted = reader.boolean("hosted"),
                    .aliases = reader.words("aliases"),
                    .required = reader.words("required"),
                    .one_of = reader.words("one_of"),
                    .optional = reader.words("optional"),
                    .prompts = read_prompts(reader),
                    .place = reader.place()};
  if (auto keyset = reader.child("keyset_name")) {
    provider.keyset_means = keyset->text("means", true);
    provider.keyset_example = keyset->text("example", true);
    provider.keyset_pattern = read_pattern(*keyset, "pattern");
    if (provider.keyset_pattern && !provider.keyset_pattern->matches(provider.keyset_example))
      keyset->complain("has an example that its pattern refuses", "change one of the two");
    keyset->finish();
  }
  reader.finish();
  return provider;
}

std::vector<ProfileRule> read_rules(Reader& reader) {
  std::vector<ProfileRule> rules;
  for (auto& item : reader.items("rules")) {
    rules.push_back(
        {item.text("when", true), item.text("refuse", true), item.text("fix", true), item.place()});
    item.finish();
  }
  return rules;
}

}  // namespace

void read_providers(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("secrets"))
    contract.secret_managers.push_back(read_provider(reader, name));
  for (auto& [name, reader] : file.children("storage"))
    contract.object_stores.push_back(read_provider(reader, name));
  file.finish();
}

void read_profiles(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("profiles")) {
    contract.profiles.push_back({.name = name,
                                 .meaning = reader.text("meaning", true),
                                 .defaults = reader.pairs("defaults"),
                                 .locked = reader.pairs("locked"),
                                 .required = reader.words("required"),
                                 .rules = read_rules(reader)});
    reader.finish();
  }
  for (auto& [name, reader] : file.children("presets")) {
    contract.presets.push_back({.name = name,
                                .meaning = reader.text("meaning", true),
                                .profiles = reader.words("profiles"),
                                .clouds = reader.words("clouds"),
                                .defaults = reader.pairs("defaults")});
    reader.finish();
  }
  for (auto& [name, reader] : file.children("clouds")) {
    contract.clouds.push_back({.name = name,
                               .target = reader.text("target", true),
                               .defaults = reader.pairs("defaults"),
                               .brings = reader.words("brings")});
    reader.finish();
  }
  file.finish();
}

void read_features(Reader file, Contract& contract) {
  contract.features = file.pairs("features");
  file.finish();
}

void read_conditions(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("conditions")) {
    contract.conditions.push_back({name, reader.text("when", true), reader.text("meaning", true)});
    reader.finish();
  }
  file.finish();
}

}  // namespace starter::contracts
