#include "dev/state.h"

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>

#include "system/files.h"

namespace starter::console::dev {

namespace json = boost::json;

namespace {

// What a part depends on is started before it and stopped after it, also when it alone was started anew.
constexpr std::string_view kOrder[] = {"postgres", "redis", "mail", "api", "worker", "web", "log-keeper"};

auto rank(const RunningPart& part) {
  return std::ranges::find(kOrder, part.name) - std::begin(kOrder);
}

std::optional<RunningPart> part_of(const json::value& value) {
  const auto* fields = value.if_object();
  if (fields == nullptr) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto* found = fields->if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
  };
  const auto number = [&](const char* name) {
    const auto* found = fields->if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
  };
  return RunningPart{
      .name = text("name"),
      .process = {static_cast<pid_t>(number("pid")), static_cast<unsigned long long>(number("start"))},
      .signal = text("signal") == "INT" ? SIGINT : SIGTERM,
      .port = static_cast<int>(number("port")),
      .fingerprint = text("fingerprint")};
}

}  // namespace

std::string_view signal_name(int signal) {
  return signal == SIGINT ? "INT" : "TERM";
}

State State::load(const Workspace& workspace) {
  State state;
  const auto text = read_file(workspace.state() / "state.json", 1U << 20);
  if (!text) return state;
  boost::system::error_code error;
  const auto document = json::parse(*text, error);
  const auto* parts = error || !document.is_object() ? nullptr : document.get_object().if_contains("parts");
  if (parts == nullptr || !parts->is_array()) return state;
  for (const auto& one : parts->get_array()) {
    if (auto part = part_of(one)) state.parts_.push_back(std::move(*part));
  }
  return state;
}

Outcome<> State::save(const Workspace& workspace) const {
  std::string text = "{\"parts\":[";
  for (const auto& part : parts_) {
    text += (&part == &parts_.front() ? "\n" : ",\n") +
            json::serialize(json::object{{"name", part.name},
                                         {"pid", part.process.pid},
                                         {"start", static_cast<std::int64_t>(part.process.start)},
                                         {"signal", signal_name(part.signal)},
                                         {"port", part.port},
                                         {"fingerprint", part.fingerprint}});
  }
  return write_file(workspace.state() / "state.json", text + "\n]}\n", 0644);
}

const RunningPart* State::find(std::string_view name) const {
  const auto found = std::ranges::find(parts_, name, &RunningPart::name);
  return found == parts_.end() ? nullptr : &*found;
}

void State::put(RunningPart part) {
  drop(part.name);
  const auto place = std::ranges::upper_bound(parts_, rank(part), {}, rank);
  parts_.insert(place, std::move(part));
}

void State::drop(std::string_view name) {
  std::erase_if(parts_, [&](const RunningPart& part) { return part.name == name; });
}

}  // namespace starter::console::dev
