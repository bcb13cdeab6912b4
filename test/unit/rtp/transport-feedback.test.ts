import { describe, expect, it } from 'vitest';
import {
  buildTransportFeedback,
  parseTransportFeedback,
  type TransportFeedback,
} from '../../../src/rtp/transport-feedback.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const feedback = (arrivals: (number | undefined)[]): TransportFeedback => ({
  baseSequenceNumber: 0xfffe,
  referenceTime: 0x800001,
  feedbackCount: 9,
  arrivals,
});

const repeated = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('transport-wide feedback', () => {
  it.each([
    ['a run of packets', [0, 4, 8], 'fffe 0003 800001 09 2003 00 04 04 000000'],
    ['a long run of losses', [...repeated(8000, undefined), 4], 'fffe 1f41 800001 09 1f40 2001 04 000000'],
    [
      'two values in one bit each',
      [0, undefined, 0, undefined, undefined, 0, 0, 0],
      'fffe 0008 800001 09 a9c0 00000000 00 00',
    ],
    ['three values in two bits each', [0, undefined, 1000, 999], 'fffe 0004 800001 09 d280 00 03e8 ffff 00'],
    ['the largest differences', [0x7fff, -1], 'fffe 0002 800001 09 4002 7fff 8000 0000'],
    ['nothing', [], 'fffe 0000 800001 09'],
  ])('says %s', (_, arrivals, bytes) => {
    expect(buildTransportFeedback(feedback(arrivals))).toEqual(padded(hex(bytes)));
    expect(parseTransportFeedback(padded(hex(bytes)))).toEqual(feedback(arrivals));
  });

  it('needs two bits only as long as there are large differences', () => {
    const arrivals = [0, 300, undefined, 300, 300, 300, 300];
    const more = [300, undefined, 300, 300, undefined, 300, 300, 300, 300, 300, 300, 300, 300, undefined];
    const bytes = buildTransportFeedback(feedback([...arrivals, ...more]));
    expect(bytes.length).toBe((8 + 2 * 2 + 7 + 11 + 3) & ~3);
    expect(parseTransportFeedback(bytes)).toEqual(feedback([...arrivals, ...more]));
  });

  it('cuts differences that can not be said', () => {
    const bytes = buildTransportFeedback(feedback([0, 100_000, -100_000]));
    expect(parseTransportFeedback(bytes)).toEqual(feedback([0, 0x7fff, -1]));
  });

  it.each([
    ['without its head', 'fffe 0003 800001'],
    ['without a chunk', 'fffe 0003 800001 09'],
    ['with a chunk too few', 'fffe 0010 800001 09 8000'],
    ['with a difference too few', 'fffe 0003 800001 09 2003 00 04'],
    ['with half of a difference', 'fffe 0001 800001 09 4001 00'],
    ['with runs of nothing', 'fffe 0003 800001 09 2000 2000 2000'],
    ['of more packets than are believed', 'fffe ffff 800001 09 1fff 1fff 1fff 1fff 1fff 1fff 1fff 1fff 1fff'],
  ])('is refused %s', (_, bytes) => {
    expect(parseTransportFeedback(hex(bytes))).toBeUndefined();
  });

  it('takes the symbol that is not used for a loss', () => {
    expect(parseTransportFeedback(hex('fffe 0002 800001 09 7002 0000'))).toEqual(
      feedback([undefined, undefined]),
    );
    expect(parseTransportFeedback(hex('fffe 0002 800001 09 6002 0000'))).toEqual(
      feedback([undefined, undefined]),
    );
  });
});

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}
