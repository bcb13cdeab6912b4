import { describe, expect, it } from 'vitest';
import { isKeyFrame } from '../../../src/media/key-frames.ts';

describe('a key frame', () => {
  it.each([
    ['vp8', [0x10, 0x02], true],
    ['vp8', [0x11, 0x02], false],
    ['vp8', [], false],
    ['vp9', [0b1000_0010], true],
    ['vp9', [0b1000_0110], false],
    // An older frame is shown once more.
    ['vp9', [0b1000_1010], false],
    ['vp9', [0b1011_0000], true],
    ['vp9', [0b1011_0010], false],
    ['vp9', [0b0100_0010], false],
    ['h264', [0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 1, 0x65, 0x88], true],
    ['h264', [0, 0, 0, 1, 0x41, 0x65, 0x65], false],
    ['h264', [0, 0, 1], false],
    // A temporal delimiter, a sequence header, a frame without a size.
    ['av1', [0x12, 0x00, 0x0a, 0x02, 0x01, 0x02, 0x30, 0xff], true],
    ['av1', [0x12, 0x00, 0x32, 0x03, 0x0a, 0x0a, 0x0a], false],
    ['av1', [0x30, 0x0a], false],
    ['av1', [0x16, 0x08, 0x00, 0x0a, 0x00], true],
    ['av1', [0x32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], false],
    ['opus', [0xfc], true],
  ] as const)('%s %j: %s', (codec, bytes, wanted) => {
    expect(isKeyFrame(codec, Uint8Array.from(bytes))).toBe(wanted);
  });
});
