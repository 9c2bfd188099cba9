#include "operate/api_binary.h"

#include <boost/json.hpp>
#include <cstdlib>

#include "dev/workspace.h"
#include "operate/configuration.h"
#include "system/process.h"

namespace starter::console::operate {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

Outcome<fs::path> find_api_binary() {
  std::error_code error;
  if (const char* named = std::getenv("STARTER_API"); named != nullptr && *named != '\0') {
    if (fs::exists(named, error)) return fs::path(named);
    return Failure{.code = "api.missing",
                   .what = "There is no " + std::string(named) + ".",
                   .why = "STARTER_API names it.",
                   .fix = "unset STARTER_API   # or set it to the path of starter-api",
                   .exit = Exit::not_found};
  }
  const auto folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const auto workspace = dev::Workspace::find();
  for (const auto& path :
       {folder / "starter-api", folder / "../../apps/api-service/starter-api",
        workspace ? workspace->api_binary() : fs::path(), find_program("starter-api").value_or(fs::path())}) {
    if (!path.empty() && fs::exists(path, error)) return fs::weakly_canonical(path, error);
  }
  return Failure{.code = "api.missing",
                 .what = "The program starter-api was not found.",
                 .why = "It is neither beside this console nor in a build tree nor on PATH.",
                 .fix = "export STARTER_API=/path/to/starter-api   # in a clone: ./dev build starter-api",
                 .exit = Exit::not_found};
}

Outcome<json::object> describe_api(const Invocation& invocation) {
  const auto program = CHECKED(find_api_binary());
  const auto ran = CHECKED(run_process({.argv = {program.string(), "config"},
                                        .environment = CHECKED(child_environment(invocation)),
                                        .contained = true},
                                       20s));
  if (interrupted()) return interrupt_failure();
  boost::system::error_code error;
  auto document = json::parse(ran.output, error);
  if (ran.status == 0 && !error && document.is_object() && document.get_object().contains("settings"))
    return std::move(document.get_object());
  return Failure{
      .code = "api.no_description",
      .what = program.string() + " config did not describe its settings.",
      .why = "It ended with status " + std::to_string(ran.status) + ": " +
             ran.output.substr(0, std::min<std::size_t>(ran.output.find('\n'), 200)),
      .fix = pasted(program.string()) + " help   # the console and starter-api must be of one release"};
}

}  // namespace starter::console::operate
