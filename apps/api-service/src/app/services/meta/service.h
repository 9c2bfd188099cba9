// What the API says about itself: its description and its public keys.
#pragma once

#include "app/infrastructure/keys.h"
#include "starter/core/context.h"

namespace starter {
struct App;
}

namespace starter::meta {

class Meta {
 public:
  Meta(const Keys& keys, std::chrono::seconds jwks_max_age) : keys(keys), jwks_max_age(jwks_max_age) {}

  const Keys& keys;
  const std::chrono::seconds jwks_max_age;
  std::shared_ptr<const std::string> openapi;  // set by composition when all routes are known
};

Meta& inject(App& app, std::type_identity<Meta>);

}  // namespace starter::meta
