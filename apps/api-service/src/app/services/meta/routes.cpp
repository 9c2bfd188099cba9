#include "app/services/meta/feature.h"
#include "app/services/meta/service.h"

namespace starter::meta {
namespace {

using namespace http;

Task<Result<Document>> read_openapi(const Ctx&, Meta& meta) {
  co_return Document{.shared = meta.openapi, .headers = {{"Cache-Control", "public, max-age=300"}}};
}

/// RFC 7517; the ETag lets a verifier ask for changes cheaply.
Task<Result<Document>> read_jwks(const Ctx&, Meta& meta) {
  const auto keyset = meta.keys.current();
  co_return Document{
      .text = keyset->jwks(),
      .headers = {{"ETag", keyset->jwks_etag()},
                  {"Cache-Control", "public, max-age=" + std::to_string(meta.jwks_max_age.count())}}};
}

constexpr Route kRoutes[] = {
    get<read_openapi>("/openapi.json", {.summary = "This description", .access = Access::anyone}),
    get<read_jwks>("/.well-known/jwks.json",
                   {.summary = "The public keys of access tokens", .access = Access::anyone}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::meta
