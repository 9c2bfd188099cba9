// Build settings only: whatever differs between environments is read at run time (lib/settings.ts),
// so that one image serves every environment.
import createNextIntlPlugin from "next-intl/plugin";
import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // The proxy would not see which requests are the router's prefetches, and would refresh sessions for them.
  skipProxyUrlNormalize: true,
  reactStrictMode: true,
  // Pages are `private, no-store`; an ETag would be computed for nothing.
  generateEtags: false,
  devIndicators: false,
  images: { unoptimized: true },
  // The image optimiser is not used; its native libraries are most of what would be traced.
  outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
};

export default createNextIntlPlugin("./lib/i18n/request.ts")(config);
