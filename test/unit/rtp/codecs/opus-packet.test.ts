import { describe, expect, it } from 'vitest';
import { isOpusPacket } from '../../../../src/rtp/codecs/opus/packet.ts';

const bytes =
  (...head: number[]) =>
  (length: number): Uint8Array => {
    const packet = new Uint8Array(length);
    packet.set(head);
    return packet;
  };

describe('an Opus packet', () => {
  // Codes 0 to 3 of a CELT configuration of 20 ms (RFC 6716, 3.1).
  it.each<[string, Uint8Array, boolean]>([
    ['one frame', bytes(0xf8)(161), true],
    ['one frame of nothing', bytes(0xf8)(1), true],
    ['the longest frame', bytes(0xf8)(1276), true],
    ['a frame that is too long', bytes(0xf8)(1277), false],
    ['nothing', bytes()(0), false],
    ['two frames of a length', bytes(0xf9)(3), true],
    ['two frames, a byte too many', bytes(0xf9)(4), false],
    ['two frames, the first with its length', bytes(0xfa, 2)(6), true],
    ['two frames, the first too long for the packet', bytes(0xfa, 5)(6), false],
    ['two frames, the length cut short', bytes(0xfa, 252)(2), false],
    ['two frames, the first of 256 bytes', bytes(0xfa, 252, 1)(300), true],
    ['three frames of a length', bytes(0xfb, 0x03)(11), true],
    ['three frames, a byte too many', bytes(0xfb, 0x03)(12), false],
    ['no frames', bytes(0xfb, 0x00)(12), false],
    ['too many frames', bytes(0xfb, 0x07)(9), false],
    ['frames with lengths', bytes(0xfb, 0x83, 1, 2)(10), true],
    ['frames with lengths beyond the packet', bytes(0xfb, 0x83, 9, 9)(10), false],
    ['padding', bytes(0xfb, 0x41, 3)(10), true],
    ['long padding', bytes(0xfb, 0x41, 255, 3)(270), true],
    ['padding beyond the packet', bytes(0xfb, 0x41, 9)(10), false],
    ['padding without an end', bytes(0xfb, 0x41, 255)(3), false],
  ])('%s', (_, packet, expected) => {
    expect(isOpusPacket(packet)).toBe(expected);
  });
});
