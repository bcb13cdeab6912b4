import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A bot meets servers, and a machine that runs tests is busy: more than the usual five seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Only in a clone, where the package is not in node_modules: it is loaded as it is, not transformed.
    server: { deps: { external: [/\/dist\//] } },
  },
});
