// The first people of a deployment, written as the database's owner, each change with its audit event in the
// same transaction. Nobody gets a password here: whoever opens the one-time link chooses it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "operate/database.h"
#include "starter/core/types.h"

namespace starter::console::operate {

struct OwnerWish {
  Email email;
  std::string name;
  std::string tenant;              // empty: the person makes one after the first sign-in
  std::vector<std::string> taken;  // words that can't be a tenant's address
  int hours = 24;                  // how long the link works
  std::string by;                  // who runs the console, for the audit event
};

/// What a link is for decides its page and the pepper of its token.
enum class LinkKind { none, set_password, invite };

struct OwnerMade {
  LinkKind link = LinkKind::none;
  Uuid token{};  // the row that the link's token names
  std::string slug{};
  std::vector<std::string> steps;  // what was done, or would be
};

/// A new person with an account that no password opens yet, owner of the new tenant; or a fresh link when the
/// one from before was never used; or, for somebody who has an account, an invitation as owner of the new
/// tenant. A person who is all that already changes nothing: no steps. With `dry_run` nothing is written.
Outcome<OwnerMade> create_owner(Database& owner, const OwnerWish& wish, bool dry_run);

/// The steps; none when the person is an operator already. Failure users.unknown (exit 5).
Outcome<std::vector<std::string>> grant_operator(Database& owner, const Email& email,
                                                 const std::string& reason, const std::string& by,
                                                 bool dry_run);

/// "Acme & Söhne" -> "acme-s-hne"; a word of `taken` gets "-team". Always a valid Slug.
std::string slug_from(std::string_view name, const std::vector<std::string>& taken);

}  // namespace starter::console::operate
