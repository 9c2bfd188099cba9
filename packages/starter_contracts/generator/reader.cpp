#include "reader.h"

#include <algorithm>
#include <charconv>

namespace starter::contracts {

namespace {

size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t before = row[0]++;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = before + (a[i - 1] != b[j - 1]);
      before = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::set<std::string>& candidates) {
  std::string best;
  size_t least = word.size() / 3 + 2;
  for (const auto& candidate : candidates) {
    const auto edits = distance(word, candidate);
    if (edits < least) least = edits, best = candidate;
  }
  return best;
}

Reader::Reader(const YAML::Node& node, std::string file, std::string about, Faults& faults)
    : node_(node),
      file_(std::move(file)),
      about_(std::move(about)),
      faults_(&faults) {
  if (!node_.IsMap()) {
    faults_->add(place_of(node_), about_ + " is no mapping", "write it as NAME: value lines");
    node_ = YAML::Node(YAML::NodeType::Map);
    return;
  }
  std::set<std::string> seen;
  for (const auto& member : node_) {
    const auto key = member.first.IsScalar() ? member.first.Scalar() : "";
    if (!seen.insert(key).second)
      faults_->add(place_of(member.first), about_ + " says " + key + " twice", "keep one of the two");
  }
}

YAML::Node Reader::member(const std::string& key) {
  asked_.insert(key);
  for (const auto& member : node_)
    if (member.first.IsScalar() && member.first.Scalar() == key) return member.second;
  return YAML::Node(YAML::NodeType::Undefined);
}

bool Reader::has(const std::string& key) {
  return member(key).IsDefined();
}

std::string Reader::scalar(const YAML::Node& node, const std::string& key) {
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  faults_->add(place_of(node), about_ + ": " + key + " is no text", "write one value on that line");
  return "";
}

std::string Reader::text(const std::string& key, bool needed) {
  const auto node = member(key);
  if (node.IsDefined()) return scalar(node, key);
  if (needed) complain("has no " + key, "add a line " + key + ": ...");
  return "";
}

std::optional<double> Reader::number(const std::string& key) {
  const auto node = member(key);
  if (!node.IsDefined()) return std::nullopt;
  const auto text = scalar(node, key);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  faults_->add(place_of(node), about_ + ": " + key + " is no number", "use digits");
  return std::nullopt;
}

int Reader::integer(const std::string& key, bool needed) {
  if (needed && !has(key)) complain("has no " + key, "add a line " + key + ": ...");
  const auto value = number(key).value_or(0);
  if (value == static_cast<int>(value) && value >= 0) return static_cast<int>(value);
  faults_->add(place_of(member(key)), about_ + ": " + key + " is no whole number", "use digits alone");
  return 0;
}

bool Reader::boolean(const std::string& key) {
  const auto node = member(key);
  if (!node.IsDefined()) return false;
  const auto text = scalar(node, key);
  if (text != "true" && text != "false")
    faults_->add(place_of(node), about_ + ": " + key + " is neither true nor false", "use true or false");
  return text == "true";
}

std::vector<std::string> Reader::words(const std::string& key) {
  const auto node = member(key);
  std::vector<std::string> all;
  if (!node.IsDefined()) return all;
  if (!node.IsSequence()) {
    faults_->add(place_of(node), about_ + ": " + key + " is no list", "write it as [one, two]");
    return all;
  }
  for (const auto& item : node) {
    all.push_back(scalar(item, key));
    if (std::count(all.begin(), all.end(), all.back()) > 1)
      faults_->add(place_of(item), about_ + ": " + key + " says " + all.back() + " twice",
                   "keep one of the two");
  }
  return all;
}

std::map<std::string, std::string> Reader::pairs(const std::string& key) {
  std::map<std::string, std::string> all;
  auto inside = child(key);
  if (!inside) return all;
  for (const auto& member : inside->node_)
    all[member.first.Scalar()] = inside->scalar(member.second, member.first.Scalar());
  return all;
}

std::string Reader::choice(const std::string& key, std::initializer_list<std::string_view> allowed) {
  auto value = text(key);
  if (value.empty() || std::ranges::find(allowed, value) != allowed.end()) return value;
  std::string list;
  for (const auto one : allowed) list += (list.empty() ? "" : ", ") + std::string(one);
  faults_->add(place_of(member(key)), about_ + ": " + key + " is not one of its values",
               "use one of: " + list);
  return "";
}

std::optional<Reader> Reader::child(const std::string& key) {
  const auto node = member(key);
  if (!node.IsDefined()) return std::nullopt;
  return Reader(node, file_, about_ + ": " + key, *faults_);
}

std::vector<std::pair<std::string, Reader>> Reader::children(const std::string& key) {
  std::vector<std::pair<std::string, Reader>> all;
  auto inside = child(key);
  if (!inside) return all;
  for (const auto& member : inside->node_) {
    Reader one(member.second, file_, member.first.Scalar(), *faults_);
    all.emplace_back(member.first.Scalar(), std::move(one));
  }
  return all;
}

std::vector<Reader> Reader::items(const std::string& key) {
  std::vector<Reader> all;
  const auto node = member(key);
  if (!node.IsDefined()) return all;
  if (!node.IsSequence()) {
    faults_->add(place_of(node), about_ + ": " + key + " is no list", "write it as lines that begin with -");
    return all;
  }
  for (const auto& item : node) all.emplace_back(item, file_, about_ + ": " + key, *faults_);
  return all;
}

void Reader::finish() {
  for (const auto& member : node_) {
    const auto key = member.first.Scalar();
    if (asked_.contains(key)) continue;
    const auto near = nearest(key, asked_);
    faults_->add(place_of(member.first), about_ + " has an unknown member " + key,
                 near.empty() ? "remove it" : "write " + near + ", or remove it");
  }
}

}  // namespace starter::contracts
