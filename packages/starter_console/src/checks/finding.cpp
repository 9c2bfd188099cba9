#include "checks/finding.h"

#include <algorithm>
#include <boost/json.hpp>

#include "frame/help.h"
#include "frame/terminal.h"

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

// Fits the screen, where there is one. Ids and fixes stay in one piece, to be copied.
std::string text_of(const Finding& finding, const Terminal& terminal) {
  constexpr std::size_t kIndent = 9;
  const auto width = screen_width();
  const auto fitted = [&](const std::string& text, std::size_t indent) {
    return width ? wrap(printable(text), *width, indent) : printable(text);
  };
  auto label = std::string(name_of(finding.severity));
  label.resize(kIndent, ' ');
  auto text = terminal.paint(tone_of(finding.severity), label);
  if (finding.severity == Severity::ok) return text + fitted(finding.says, kIndent) + "\n";
  auto says = fitted(finding.says + "  " + finding.id, kIndent);
  says.resize(says.size() - finding.id.size());
  text += says + terminal.paint(Tone::faint, finding.id) + "\n";
  const std::string pad(kIndent, ' ');
  if (!finding.evidence.empty()) text += pad + "seen: " + fitted(finding.evidence, kIndent + 6) + "\n";
  if (!finding.fix.empty()) text += pad + "fix:  " + printable(finding.fix) + "\n";
  return text;
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
    text += text_of(one, terminal);
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
