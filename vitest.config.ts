import { defineConfig, type ViteUserConfig } from 'vitest/config';

const setupFiles = ['scripts/lib/record-tests.mjs'];

/**
 * Time limits are for tests that hang: a loaded machine takes ten times what a quiet one does, and nothing here takes a tenth of its limit there.
 *
 * Two projects: `unit` is the fast loop of `npm run check`, `system` starts processes, servers and browsers.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/unit/**/*.test.ts',
            'test/property/**/*.test.ts',
            'test/cases/**/*.test.ts',
            'test/transcripts/**/*.test.ts',
          ],
          setupFiles,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Nothing here has state to keep apart, and loading the modules for each file anew takes half of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'system',
          include: [
            'test/integration/**/*.test.ts',
            'test/interop/**/*.test.ts',
            'test/cli/**/*.test.ts',
            'test/package/**/*.test.ts',
          ],
          setupFiles,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
