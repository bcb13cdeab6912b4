import { describe, expect, it } from 'vitest';
import { maskedTextFrame } from '../../../src/net/text-frame.ts';

/** As RFC 6455, 5.2 and 5.3 have it, byte by byte. */
function read(frame: Buffer): { payload: Buffer; key: string; head: number[] } {
  const [first = 0, second = 0] = frame;
  const short = second & 0x7f;
  const start = short < 126 ? 6 : short === 126 ? 8 : 14;
  const length =
    short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  expect(frame.length - start).toBe(length);
  const key = frame.subarray(start - 4, start);
  const payload = frame.subarray(start).map((byte, index) => byte ^ (key[index % 4] ?? 0));
  return { payload: Buffer.from(payload), key: key.toString('hex'), head: [first, second & 0x80] };
}

describe('a text frame of a client', () => {
  const lengths = [0, 1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 124, 125, 126, 127, 1000];
  it.each([...lengths, 65_534, 65_535, 65_536, 65_537, 100_003])('holds %i bytes, masked', (length) => {
    const text = Buffer.from(Array.from({ length }, (_, index) => 0x20 + (index % 95)));
    const copy = Buffer.from(text);
    const { payload, head } = read(maskedTextFrame(text));
    expect(head).toEqual([0x81, 0x80]);
    expect(payload.equals(text)).toBe(true);
    expect(text.equals(copy)).toBe(true);
  });

  it('takes strings as UTF-8, and bytes that begin anywhere', () => {
    expect(read(maskedTextFrame('{"é":"日本🎉"}')).payload.toString()).toBe('{"é":"日本🎉"}');
    expect(read(maskedTextFrame('\ud800!')).payload.toString()).toBe('\ufffd!');
    const memory = Buffer.from('xx{"some":"bytes, and more of them"}');
    for (let start = 0; start < 4; start++) {
      const text = new Uint8Array(memory.buffer, memory.byteOffset + start, memory.length - start);
      expect(read(maskedTextFrame(text)).payload.equals(text)).toBe(true);
    }
  });

  it('never uses a key again', () => {
    const keys = Array.from({ length: 3_000 }, () => read(maskedTextFrame('hello')).key);
    // Of 3000 random ones two are alike once in a thousand times.
    expect(new Set(keys).size).toBeGreaterThan(2_990);
  });
});
