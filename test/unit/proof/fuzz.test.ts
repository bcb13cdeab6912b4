/** That the fuzzer finds what is wrong. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimise } from '../../../proof/fuzz/minimise.ts';
import { Fuzz } from '../../../proof/fuzz/run.ts';
import type { FuzzTarget } from '../../../proof/fuzz/target.ts';
import { driftOf, isFlat } from '../../../proof/lib/drift.ts';

const share = { seed: 1, count: 5_000, share: 0, of: 1 };

function targetOf(read: (input: string) => string, worst: Record<string, string> = {}): FuzzTarget {
  const target: FuzzTarget<string> = {
    name: 'planted',
    inputs: fc.string({ maxLength: 40 }),
    worst: () => worst,
    open: () => ({ read }),
  };
  return target;
}

describe('a fuzzer', () => {
  it('counts what is read and what is refused', async () => {
    const target = targetOf((input) => (input.includes('a') ? 'has-a' : 'read'), { one: 'a' });
    const result = await new Fuzz(target, share).run();
    expect(result.failure).toBeUndefined();
    expect(result.inputs).toBe(5_001);
    expect(result.refused['has-a']).toBeGreaterThan(100);
    expect(result.read + (result.refused['has-a'] ?? 0)).toBe(5_001);
  });

  it('finds a planted fault, the same for the same seed, and makes it small', async () => {
    const target = targetOf((input) => {
      if (input.includes('q') && input.includes('7')) throw new TypeError('planted');
      return 'read';
    });
    const [first, again] = [await new Fuzz(target, share).run(), await new Fuzz(target, share).run()];
    expect(first.failure?.error).toContain('TypeError: planted');
    expect(['q7', '7q']).toContain(first.failure?.input);
    expect(again.failure).toMatchObject({ batch: first.failure?.batch, input: first.failure?.input });
  });

  it('finds one in the inputs that were made on purpose', async () => {
    const target = targetOf(
      (input) => {
        if (input.length > 100) throw new RangeError('too long');
        return 'read';
      },
      { long: 'x'.repeat(5_000) },
    );
    const { failure } = await new Fuzz(target, share).run();
    expect(failure?.error).toContain('the worst input "long"');
    expect(failure?.input).toHaveLength(101);
  });

  it('fails for an error that escapes later', async () => {
    const fuzz: Fuzz = new Fuzz(
      targetOf((input) => {
        if (input.includes('q')) fuzz.escaped(new Error('out of a timer'));
        return 'read';
      }),
      share,
    );
    const { failure } = await fuzz.run();
    expect(failure?.error).toContain('out of a timer');
  });

  it('ends when it is told to, with what it has', async () => {
    const fuzz = new Fuzz(
      targetOf(() => 'read'),
      share,
      { progress: (inputs) => inputs >= 2_000 && fuzz.stop() },
    );
    expect(await fuzz.run()).toMatchObject({ inputs: 2_000, read: 2_000 });
  });

  it('takes the same inputs however many share them', async () => {
    const inputs = async (shares: number): Promise<string[]> => {
      const seen: string[] = [];
      const target = targetOf((input) => {
        seen.push(input);
        return 'read';
      });
      for (let index = 0; index < shares; index++)
        await new Fuzz(target, { ...share, share: index, of: shares }).run();
      return seen.sort();
    };
    expect(await inputs(3)).toEqual(await inputs(1));
  });
});

describe('what fails', () => {
  it('is made smaller while it fails', async () => {
    const bytes = Uint8Array.from({ length: 1_000 }, (_, at) => at);
    const fails = (candidate: Uint8Array): boolean => candidate.includes(7) && candidate.includes(200);
    expect(await minimise(bytes, fails)).toHaveLength(2);
  });
});

describe('a figure', () => {
  it('that only jumps is flat, one that grows is not', () => {
    const jumping = Array.from({ length: 40 }, (_, at) => 100 + (at % 7 === 0 ? 50 : at % 3));
    const growing = Array.from({ length: 40 }, (_, at) => 100 + at);
    expect(isFlat(driftOf(jumping), 0.05, 0)).toBe(true);
    expect(isFlat(driftOf(growing), 0.05, 0)).toBe(false);
    expect(isFlat(driftOf(growing), 0.05, 30)).toBe(true);
  });
});
