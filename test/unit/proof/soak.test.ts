import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../proof/lib/sample.ts';
import { boundsOf, failuresOf, type SoakSample, verdictsOf } from '../../../proof/soak/verdict.ts';

const mebibyte = 1024 * 1024;

function samples(of: (index: number) => Partial<Sample>): SoakSample[] {
  return Array.from({ length: 40 }, (_, index) => ({
    at: index,
    visits: index,
    heap: 30 * mebibyte,
    code: 0,
    resident: 120 * mebibyte,
    handles: { Timeout: 20, UDPWrap: 8 },
    sockets: 12,
    ...of(index),
  }));
}

const nobody: Sample = { heap: mebibyte, code: 0, resident: mebibyte, handles: { PipeWrap: 1 }, sockets: 1 };
const idle = { before: nobody, after: nobody };
const flat = samples((index) => ({ handles: { Timeout: 20 + (index % 5), UDPWrap: 8 } }));

function judged(client: SoakSample[], after: Sample = nobody, isShort = false): string[] {
  const verdicts = verdictsOf({ client, deployment: flat }, boundsOf(isShort));
  return failuresOf(verdicts, { client: { before: nobody, after }, deployment: idle });
}

describe('a soak', () => {
  it('passes when nothing grows', () => {
    expect(judged(flat)).toEqual([]);
  });

  it.each<[string, (index: number) => Partial<Sample>]>([
    ['heap', (index) => ({ heap: (30 + index / 5) * mebibyte })],
    ['resident', (index) => ({ resident: (120 + index) * mebibyte })],
    ['handles', (index) => ({ handles: { Timeout: 20 + index } })],
    ['sockets', (index) => ({ sockets: 12 + Math.floor(index / 5) })],
  ])('fails when %s grows', (figure, of) => {
    expect(judged(samples(of))).toEqual([`${figure} of the client grows`]);
  });

  it('is not misled by what stands out, or by the beginning', () => {
    const jumping = samples((index) => ({
      heap: (index < 10 ? 10 + index : index % 4 === 0 ? 45 : 30) * mebibyte,
    }));
    expect(judged(jumping)).toEqual([]);
  });

  it('fails when anything is open after all have left, however short it was', () => {
    expect(judged(flat, { ...nobody, handles: { PipeWrap: 1, Timeout: 1 }, sockets: 2 }, true)).toEqual([
      'the client has 2 handles after all have left, 1 before',
      'the client has 2 sockets after all have left, 1 before',
    ]);
  });

  it('says nothing of what the system does not tell', () => {
    const unknown = samples(() => ({ sockets: undefined }));
    expect(
      verdictsOf({ client: unknown, deployment: flat }, boundsOf(false)).map(({ figure }) => figure),
    ).toEqual(['heap', 'resident', 'handles', 'heap', 'resident', 'handles', 'sockets']);
  });
});
