#include "checks/finding.h"

#include <algorithm>
#include <boost/json.hpp>

namespace starter::console::checks {

namespace json = boost::json;

namespace {

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

Tone tone_of(Severity severity) {
  return severity == Severity::ok        ? Tone::good
         : severity == Severity::error   ? Tone::bad
         : severity == Severity::warning ? Tone::warn
                                         : Tone::faint;
}

}  // namespace

Reply reply_of(const std::vector<Finding>& findings, const Terminal& terminal) {
  std::vector<Finding> sorted;
  for (const auto severity : {Severity::ok, Severity::info, Severity::warning, Severity::error}) {
    std::ranges::copy_if(findings, std::back_inserter(sorted),
                         [&](const Finding& one) { return one.severity == severity; });
  }
  json::array list;
  std::string text;
  int errors = 0, warnings = 0;
  for (const auto& one : sorted) {
    errors += one.severity == Severity::error;
    warnings += one.severity == Severity::warning;
    auto label = std::string(name_of(one.severity));
    label.resize(9, ' ');
    text += terminal.paint(tone_of(one.severity), label) + one.says;
    text += (one.severity == Severity::ok ? "" : terminal.paint(Tone::faint, "  " + one.id)) + "\n";
    if (one.severity != Severity::ok) {
      if (!one.evidence.empty()) text += "         seen: " + one.evidence + "\n";
      if (!one.fix.empty()) text += "         fix:  " + one.fix + "\n";
    }
    list.push_back({{"id", one.id},
                    {"severity", name_of(one.severity)},
                    {"message", one.says},
                    {"evidence", one.evidence},
                    {"fix", one.fix},
                    {"docs", one.docs}});
  }
  const auto counted = [](std::size_t count, const char* thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
  };
  text += counted(findings.size(), "finding") + ": " + counted(static_cast<std::size_t>(errors), "error") +
          ", " + counted(static_cast<std::size_t>(warnings), "warning") + "\n";
  return {.data = {{"healthy", errors == 0}, {"errors", errors}, {"warnings", warnings}, {"findings", list}},
          .text = text,
          .exit = errors == 0 ? Exit::ok : Exit::check_failed};
}

std::vector<Field> finding_fields() {
  return {{"healthy", "boolean", "No finding is an error"},
          {"errors", "integer", "How many are"},
          {"warnings", "integer", "How many are warnings"},
          {"findings", "array", "id, severity, message, evidence, fix, docs"}};
}

}  // namespace starter::console::checks
