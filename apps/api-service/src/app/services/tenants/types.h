// Tenants as their members see them.
#pragma once

#include "app/services/auth/types.h"

namespace starter::tenants {

using TenantName = Name<1, 80>;

struct CreateTenant {
  TenantName name;
  std::optional<Slug> slug;  // made from the name when it is left out
};
BOOST_DESCRIBE_STRUCT(CreateTenant, (), (name, slug))

struct RenameTenant {
  TenantName name;
};
BOOST_DESCRIBE_STRUCT(RenameTenant, (), (name))

struct Tenant {
  Uuid id;
  Slug slug;
  std::string name;
  auth::TenantStatus status;
  Timestamp created_at;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(Tenant, (), (id, slug, name, status, created_at, version))

}  // namespace starter::tenants
