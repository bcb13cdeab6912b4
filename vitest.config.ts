import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const setupFiles = ['scripts/lib/record-tests.mjs'];

/** Those that take more than half a minute, the longest first. */
const longest: readonly string[] = [
  'test/unit/regular-expressions',
  'test/integration/proof/chaos',
  'test/integration/client/floods',
  'test/cli/media',
  'test/cli/planted-secrets',
  'test/cli/bench',
  'test/integration/rtc/silence',
  'test/cli/interrupt',
  'test/integration/proof/soak',
  'test/integration/proof/witness',
  'test/package/package',
];

/** Begins with the longest files, so that none of them goes on alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((path) => moduleId.endsWith(`${path}.test.ts`));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/**
 * Time limits are for tests that hang: a loaded machine takes ten times what a quiet one does, and nothing here takes a tenth of its limit there.
 *
 * Two projects: `unit` is the fast loop of `npm run check`, `system` starts processes, servers and browsers.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
          maxWorkers: '100%',
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
          globalSetup: ['scripts/lib/test-build.mjs'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // They mostly wait: for timers, and for other processes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
