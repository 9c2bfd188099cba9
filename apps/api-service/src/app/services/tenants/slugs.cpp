#include "app/services/tenants/slugs.h"

#include <algorithm>

namespace starter::tenants {
namespace {

// The same list as apps/web-app/lib/tenancy/reserved-slugs.json; a test compares the two.
constexpr std::string_view kReserved[] = {
    "about",         "account", "accounts", "admin",      "api",         "app",        "assets",
    "audit",         "auth",    "billing",  "blog",       "callback",    "changelog",  "contact",
    "dashboard",     "dev",     "docs",     "download",   "favicon",     "features",   "forgot",
    "health",        "help",    "home",     "icon",       "images",      "invite",     "invites",
    "legal",         "login",   "logout",   "mail",       "me",          "members",    "metrics",
    "new",           "next",    "null",     "oauth",      "openapi",     "ops",        "organization",
    "organizations", "pricing", "privacy",  "profile",    "project",     "projects",   "public",
    "register",      "reset",   "robots",   "root",       "security",    "select",     "settings",
    "setup",         "sign-in", "sign-out", "sign-up",    "signin",      "signout",    "signup",
    "sitemap",       "starter", "static",   "status",     "support",     "system",     "team",
    "teams",         "tenant",  "tenants",  "terms",      "unavailable", "undefined",  "user",
    "users",         "verify",  "webhooks", "well-known", "workspace",   "workspaces", "www"};

constexpr size_t kStem = 30;  // leaves room for "-" and the suffix

}  // namespace

std::span<const std::string_view> reserved_slugs() {
  return kReserved;
}

bool is_reserved(const Slug& slug) {
  return std::binary_search(std::begin(kReserved), std::end(kReserved), slug.value);
}

Slug slug_from(std::string_view name, std::string_view suffix) {
  std::string stem;
  for (char c : name) {
    if (stem.size() == kStem) break;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && !stem.empty()))
      stem += c;
    else if (!stem.empty() && stem.back() != '-')
      stem += '-';
  }
  while (!stem.empty() && stem.back() == '-') stem.pop_back();
  if (stem.size() < 3) stem = "team";
  if (!suffix.empty()) stem.append("-").append(suffix);
  return {stem};
}

}  // namespace starter::tenants
