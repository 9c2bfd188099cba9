// What every adapter needs to find its way in a document that may be broken.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "../writers.h"
#include "starter/contracts/conform.h"

namespace starter::contracts::conform {

namespace json = boost::json;

/// Never throws: what isn't there is null, so that a broken document ends in findings.
const json::value& at(const json::value& value, std::string_view key);
const json::value& first(const json::value& value);

/// Items of a list; the value itself if it is none; nothing for null.
std::vector<json::value> items(const json::value& value);

std::string text(const json::value& value);
int number(const json::value& value);
std::vector<std::string> texts(const json::value& value);

/// Null for what is no JSON.
json::value parsed(const std::string& document);

/// Words of one list after those of another: entrypoint and command are one command line.
std::vector<std::string> words(const json::value& before, const json::value& after);

bool ends_in(const std::string& name, const std::string& role);

/// A container of the target; one that has a name which was there before stands apart.
void put(RenderedTarget& target, const std::string& name, const std::string& where, RenderedRole container);

/// What a container's own health check asks for; an empty path when it asks for no address.
RenderedProbe health_probe(const std::vector<std::string>& words);

/// The contract that the target declares.
void read_declared(const json::value& said, RenderedTarget& target);

/// Files that a container has.
struct Mount {
  std::string inside;  // where
  std::string way;     // what they are, for people
  /// What a variable is given that names the file of that name; empty for the mount itself.
  std::function<Given(const std::string& file)> given;
};

/// NAME_FILE that names a file of a mount gives NAME. A mount that no variable names is a way that can't be
/// read. `always`: whatever ends in _FILE names a file.
void settle_files(RenderedRole& role, const std::vector<Mount>& mounts, bool always);

std::expected<RenderedTarget, Unreadable> read_terraform(const std::string& name,
                                                         const std::string& document);
std::expected<RenderedTarget, Unreadable> read_kubernetes(const std::string& name,
                                                          const std::string& document);
std::expected<RenderedTarget, Unreadable> read_compose(const std::string& name, const std::string& document);

/// Visits the resources of a module and of those below it.
using SeeResource = std::function<void(const std::string& type, const json::value& resource)>;
void each_resource(const json::value& module, const SeeResource& see);

void read_aws(const json::value& module, RenderedTarget& target);
void read_azure(const json::value& module, RenderedTarget& target);
void read_gcp(const json::value& module, RenderedTarget& target);

}  // namespace starter::contracts::conform
