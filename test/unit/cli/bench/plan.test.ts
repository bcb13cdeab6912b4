import { describe, expect, it } from 'vitest';
import { type BenchFlags, planBench } from '../../../../src/cli/bench/plan.ts';

const flags: BenchFlags = {
  bridge: 'auto',
  engine: 'auto',
  iceTransportPolicy: 'all',
  rawForm: 'field',
  benchSecs: 10,
  parallel: 1,
};

describe('what a bench is to do', () => {
  it.each<[Partial<BenchFlags>, { sends: boolean; receives: boolean; size: number }]>([
    [{}, { sends: false, receives: true, size: 8192 }],
    [{ benchSize: 100 }, { sends: true, receives: true, size: 100 }],
    [
      { benchSize: 100, role: 'send' },
      { sends: true, receives: false, size: 100 },
    ],
    [
      { benchSize: 100, role: 'recv' },
      { sends: false, receives: true, size: 100 },
    ],
    [{ role: 'both' }, { sends: true, receives: true, size: 8192 }],
    [{ find: true }, { sends: true, receives: false, size: 8192 }],
    [
      { find: true, benchSize: 100 },
      { sends: true, receives: false, size: 100 },
    ],
  ])('with %j', (given, wanted) => {
    expect(planBench({ ...flags, ...given })).toMatchObject(wanted);
  });

  it.each<[Partial<BenchFlags>, string, string]>([
    [{ benchSize: 21 }, 'bench-size-too-small', 'at least 22'],
    [{ find: true, role: 'recv' }, 'bench-flags', '--role recv'],
    [{ find: true, rate: 5 }, 'bench-flags', '--rate'],
    [{ find: true, parallel: 2 }, 'bench-flags', '--parallel'],
    [{ parallel: 2, endpointId: 'abc' }, 'bench-flags', '--endpoint-id'],
  ])('refuses %j', (given, code, words) => {
    expect(() => planBench({ ...flags, ...given })).toThrow(
      expect.objectContaining({ kind: 'usage', code, message: expect.stringContaining(words) }),
    );
  });

  it('does not mind a small size when it only receives', () => {
    expect(planBench({ ...flags, benchSize: 5, role: 'recv' })).toMatchObject({ sends: false });
  });
});
