import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceLedger } from '../../../../src/cli/bench/measuring/sequence-ledger.ts';

function counted(first: number, sequence: Iterable<number>, total?: number): Record<string, number> {
  const ledger = new SequenceLedger(first);
  for (const number of sequence) ledger.note(number);
  if (total !== undefined) ledger.end(total);
  const { received, lost, duplicated, reordered } = ledger;
  return { received, lost, duplicated, reordered };
}

describe('the ledger of sequence numbers', () => {
  it.each([
    ['all in order', [0, 1, 2], 3, { received: 3, lost: 0, duplicated: 0, reordered: 0 }],
    ['a gap', [0, 3, 4], 5, { received: 3, lost: 2, duplicated: 0, reordered: 0 }],
    ['the beginning missing', [2, 3], 4, { received: 2, lost: 2, duplicated: 0, reordered: 0 }],
    ['the end missing', [0, 1], 10, { received: 2, lost: 8, duplicated: 0, reordered: 0 }],
    ['nothing arrived', [], 4, { received: 0, lost: 4, duplicated: 0, reordered: 0 }],
    ['two swapped', [0, 2, 1, 3], 4, { received: 4, lost: 0, duplicated: 0, reordered: 1 }],
    ['one twice', [0, 1, 1, 2], 3, { received: 3, lost: 0, duplicated: 1, reordered: 0 }],
    ['a late one twice', [0, 2, 1, 1], 3, { received: 3, lost: 0, duplicated: 1, reordered: 1 }],
  ])('with %s', (_, sequence, total, wanted) => {
    expect(counted(0, sequence, total)).toEqual(wanted);
  });

  it('counts from where it began', () => {
    expect(counted(1000, [1000, 1002])).toEqual({ received: 2, lost: 1, duplicated: 0, reordered: 0 });
    expect(counted(1000, [1000, 999])).toEqual({ received: 1, lost: 0, duplicated: 1, reordered: 0 });
  });

  it('forgets what is far behind', () => {
    const far = 10_000_000;
    expect(counted(0, [0, far])).toEqual({ received: 2, lost: far - 1, duplicated: 0, reordered: 0 });
    // Neither late nor a duplicate can be told: it stays as it was.
    expect(counted(0, [0, far, 5])).toEqual({ received: 2, lost: far - 1, duplicated: 1, reordered: 0 });
    expect(counted(0, [0, far, far - 100, far - 100])).toEqual({
      received: 3,
      lost: far - 2,
      duplicated: 1,
      reordered: 1,
    });
  });

  it('agrees with a set, whatever is lost, doubled or swapped', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300_000), { maxLength: 400 }), fc.nat(30_000), (numbers, spread) => {
        // Near each other, so that everything is within the window.
        const near = numbers.map((number, index) => index * 50 + (number % (spread + 1)));
        const seen = new Set(near);
        let [highest, reordered] = [-1, 0];
        const before = new Set<number>();
        for (const number of near) {
          if (number < highest && !before.has(number)) reordered += 1;
          before.add(number);
          highest = Math.max(highest, number);
        }
        expect(counted(0, near)).toEqual({
          received: seen.size,
          lost: highest + 1 - seen.size,
          duplicated: near.length - seen.size,
          reordered,
        });
      }),
    );
  });
});
