#include "operate/configuration.h"

#include <cstdlib>
#include <filesystem>

namespace starter::console::operate {

namespace {

constexpr const char* kUsualFile = ".env.local";

}  // namespace

Flag env_file_flag() {
  return {"--env-file", "FILE", "Settings beside the environment (.env.local)"};
}

Failure no_env_file(const std::string& path) {
  return {.code = "settings.no_file",
          .what = "There is no file " + path + ".",
          .why = "--env-file names it.",
          .fix = "ls -l " + pasted(path) + "   # is it another name? for a new file: (umask 077; touch " +
                 pasted(path) + ")",
          .exit = Exit::not_found};
}

Outcome<settings::Source> setting_source(const Invocation& invocation) {
  const auto path = invocation.get("--env-file", kUsualFile);
  std::error_code error;
  if (invocation.has("--env-file") && !std::filesystem::exists(path, error)) return no_env_file(path);
  auto source = settings::Source::process(path);
  if (source) return std::move(*source);
  return Failure{.code = "settings.file",
                 .what = path + " can't be read as a file of settings.",
                 .why = source.error() + ".",
                 .fix = editor_command(path) + "   # NAME=value, one a line"};
}

Outcome<settings::Settings> read_settings(const Invocation& invocation,
                                          std::span<const settings::Setting> table) {
  const auto source = CHECKED(setting_source(invocation));
  auto loaded = settings::Settings::load(table, source);
  if (loaded) return std::move(*loaded);
  std::string why;
  for (const auto& problem : loaded.error())
    why += (why.empty() ? "" : " ") + problem.variable + " " + problem.what + "; " + problem.fix + ".";
  return Failure{
      .code = "settings.invalid",
      .what = typed_name(invocation.command()) + " lacks settings.",
      .why = why,
      .fix = typed_name(invocation.command()) + " --env-file FILE   # or set them in the environment"};
}

Outcome<> check_spelled_out(const Invocation& invocation, std::string_view environment) {
  if (environment != "production" || invocation.get("--profile") == "production") return {};
  return Failure{.code = "production.spell_out",
                 .what = "The profile production must be spelled out.",
                 .why = "ENVIRONMENT is production here, and what this replaces is gone for good.",
                 .fix = "--profile production",
                 .exit = Exit::usage};
}

Outcome<std::map<std::string, std::string>> child_environment(const Invocation& invocation) {
  std::map<std::string, std::string> environment;
  if (!invocation.has("--env-file")) return environment;  // the program reads .env.local itself
  const auto source = CHECKED(setting_source(invocation));
  for (const auto& [name, value] : source.env_file) {
    const char* const present = std::getenv(name.c_str());
    if (present == nullptr || *present == '\0') environment[name] = value;
  }
  return environment;
}

std::string without_password(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return "(not a URL)";
  auto rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find('?'));
  const auto at = rest.substr(0, rest.find('/')).rfind('@');
  std::string user;
  if (at != rest.npos) {
    user = std::string(rest.substr(0, std::min(at, rest.find(':')))) + "@";
    rest.remove_prefix(at + 1);
  }
  return std::string(url.substr(0, scheme + 3)) + user + std::string(rest);
}

}  // namespace starter::console::operate
