// One clone: where its things are, which ports it uses, and as whom its services run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "system/process.h"

namespace starter::console::dev {

namespace fs = std::filesystem;

/// The ports of a stack, counted from one base.
struct Ports {
  int base = 3000;
  int web() const { return base; }
  int api() const { return base + 1; }
  int metrics() const { return base + 2; }
  int mail() const { return base + 3; }
  int smtp() const { return base + 4; }
  int stripe() const { return base + 5; }
  int postgres() const { return base + 6; }
  int redis() const { return base + 7; }
  int worker_metrics() const { return base + 8; }
};

class Workspace {
 public:
  /// STARTER_ROOT, or the nearest folder upwards from here that holds `dev` and CMakePresets.json.
  static Outcome<Workspace> find();
  explicit Workspace(fs::path root) : Workspace(root, root / "var/dev") {}
  /// A stack of its own beside the clone's, for tests: `state` takes the place of var/dev.
  Workspace(fs::path root, fs::path state) : root_(std::move(root)), state_(std::move(state)) {}

  const fs::path& root() const { return root_; }
  fs::path build() const { return root_ / "build/everyday"; }
  const fs::path& state() const { return state_; }
  fs::path logs() const { return state() / "logs"; }
  fs::path log(std::string_view part) const { return logs() / (std::string(part) + ".log"); }
  fs::path api_binary() const { return build() / "apps/api-service/starter-api"; }
  fs::path web_app() const { return root_ / "apps/web-app"; }
  fs::path mail_catcher() const { return root_ / "tools/mail-catcher"; }

  /// A folder for Unix sockets whose path is short enough for one (107 bytes).
  fs::path sockets() const;

  /// The remembered base, or 3000.
  Ports ports() const;
  Outcome<> remember(Ports ports) const;

  /// Whom services run as: nobody else unless this process is root, because Postgres refuses root. Then the
  /// owner of the clone, or the `postgres` user when that is root too.
  Outcome<std::optional<RunAs>> run_as() const;

  /// Makes var/dev and gives it to the user that services run as.
  Outcome<> prepare() const;

 private:
  fs::path root_;
  fs::path state_;
};

/// A failure where fewer MiB are free than `user` ("the stack") needs.
Outcome<> expect_room(const fs::path& folder, std::uintmax_t mebibytes, std::string_view user);

/// Gives a path and all below it to the user, when there is one to give it to.
Outcome<> give_to(const std::optional<RunAs>& user, const fs::path& path);

}  // namespace starter::console::dev
