import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "@": import.meta.dirname,
      // The package throws outside a server bundle; unit tests are the server.
      "server-only": `${import.meta.dirname}/tests/unit/support/server-only.ts`,
    },
  },
  test: { include: ["tests/unit/**/*.test.{ts,tsx}"], environment: "node" },
});
