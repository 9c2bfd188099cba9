#include "dev/results.h"

#include <boost/json.hpp>
#include <map>
#include <utility>

namespace starter::console::dev {

namespace json = boost::json;

namespace {

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The objects of an array member; none when it is missing or something else.
std::vector<const json::object*> objects_of(const json::object& object, std::string_view key) {
  std::vector<const json::object*> found;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& one : value->get_array()) {
    if (one.is_object()) found.push_back(&one.get_object());
  }
  return found;
}

json::object parse_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object{};
}

Results unreadable(std::string_view what) {
  return {.failed = {{"(report)", std::string(what) + " left no report that can be read."}}, .skipped = {}};
}

void add_gtest(Results& results, const json::object& test) {
  const auto name = text_of(test, "classname") + "." + text_of(test, "name");
  if (text_of(test, "status") == "NOTRUN") return;
  std::string failures;
  for (const auto* failure : objects_of(test, "failures")) failures += text_of(*failure, "failure") + "\n";
  if (!failures.empty()) {
    results.failed.push_back({name, failures});
  } else if (text_of(test, "result") == "SKIPPED") {
    const auto reasons = objects_of(test, "skipped");
    results.skipped.push_back({name, reasons.empty() ? "" : text_of(*reasons[0], "message")});
  } else {
    ++results.passed;
  }
}

template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
}

// Tests may stand inside of others (node --test): a test of its own is what has none inside, and it is named
// after what it stands in. The lines of a level come before the level's own:
//
//   # Subtest: port
//       # Subtest: closes
//       not ok 1 - closes
//         error: boom
//   not ok 1 - port
struct TapReader {
  void take(std::string_view line) {
    const auto depth = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(depth);
    if (line.starts_with("# Subtest: "))
      enter(depth, line.substr(11));
    else if (line.starts_with("ok ") || line.starts_with("not ok "))
      judge(depth, line);
    else if (line == "1..0")
      empty_ = true;  // what comes next is a file without a test, or without one of that name
    else if (open_ && (depth > depth_ || line.starts_with("# ")))
      results.failed.back().text += std::string(depth, ' ') + std::string(line) + "\n";
  }

  Results results{};

 private:
  void enter(std::size_t depth, std::string_view name) {
    open_ = false;
    around_.erase(around_.lower_bound(depth), around_.end());
    around_[depth] = {std::string(name), results.failed.size()};
  }

  void judge(std::size_t depth, std::string_view line) {
    const bool good = line.starts_with("ok ");
    const bool holds_others = depth < depth_;
    const bool is_empty = std::exchange(empty_, false);
    const bool told = around_.contains(depth) && results.failed.size() > around_[depth].second;
    depth_ = depth, open_ = false;
    if (good ? holds_others || is_empty : holds_others && told) return;
    const auto dash = line.find(" - ");
    auto name = std::string(dash == line.npos ? line : line.substr(dash + 3));
    auto skip = name.find(" # SKIP");
    if (skip == name.npos) skip = name.find(" # skip");
    const auto why = name.substr(std::min(name.size(), std::min(skip, name.size()) + 8));
    name = path_to(depth) + name.substr(0, skip);
    if (skip != std::string::npos)
      results.skipped.push_back({name, why});
    else if (good)
      ++results.passed;
    else
      results.failed.push_back({name, ""}), open_ = true;
  }

  std::string path_to(std::size_t depth) const {
    std::string path;
    for (auto one = around_.begin(); one != around_.lower_bound(depth); ++one)
      path += one->second.first + " > ";
    return path;
  }

  std::map<std::size_t, std::pair<std::string, std::size_t>> around_;  // name, failures before it, by indent
  std::size_t depth_ = 0;
  bool open_ = false, empty_ = false;
};

}  // namespace

void Results::add(const Results& other) {
  passed += other.passed;
  failed.insert(failed.end(), other.failed.begin(), other.failed.end());
  skipped.insert(skipped.end(), other.skipped.begin(), other.skipped.end());
}

Results parse_gtest(std::string_view report) {
  const auto document = parse_object(report);
  if (!document.contains("testsuites")) return unreadable("The test program");
  Results results;
  for (const auto* suite : objects_of(document, "testsuites")) {
    for (const auto* test : objects_of(*suite, "testsuite")) add_gtest(results, *test);
  }
  return results;
}

Results parse_gtest_output(std::string_view output) {
  Results results;
  std::string running;
  std::string said;
  each_line(output, [&](std::string_view line) {
    if (line.starts_with("[ RUN      ] "))
      running = line.substr(13), said.clear();
    else if (line.starts_with("[       OK ]"))
      ++results.passed, running.clear();
    else if (line.starts_with("[  SKIPPED ] ") && !running.empty())
      results.skipped.push_back({running, said}), running.clear();
    else if (line.starts_with("[  FAILED  ] ") && !running.empty())
      results.failed.push_back({running, said}), running.clear();
    else
      said += std::string(line) + "\n";
  });
  if (said.size() > 4000) said.erase(0, said.size() - 4000);
  results.failed.push_back({running.empty() ? "(program)" : running, "The program ended here.\n" + said});
  return results;
}

Results parse_vitest(std::string_view report) {
  const auto document = parse_object(report);
  if (!document.contains("testResults")) return unreadable("Vitest");
  Results results;
  for (const auto* file : objects_of(document, "testResults")) {
    const auto tests = objects_of(*file, "assertionResults");
    if (tests.empty() && text_of(*file, "status") == "failed")
      results.failed.push_back({text_of(*file, "name"), text_of(*file, "message")});
    for (const auto* test : tests) {
      const auto status = text_of(*test, "status");
      const auto name = text_of(*test, "fullName");
      if (status == "passed")
        ++results.passed;
      else if (status != "failed")
        results.skipped.push_back({name, "the test is marked as " + status});
      else {
        std::string messages;
        if (const auto* list = test->if_contains("failureMessages"); list != nullptr && list->is_array()) {
          for (const auto& one : list->get_array())
            messages += (one.is_string() ? std::string(one.get_string()) : json::serialize(one)) + "\n";
        }
        results.failed.push_back({name, messages});
      }
    }
  }
  return results;
}

Results parse_tap(std::string_view output) {
  TapReader reader;
  each_line(output, [&](std::string_view line) { reader.take(line); });
  return std::move(reader.results);
}

}  // namespace starter::console::dev
