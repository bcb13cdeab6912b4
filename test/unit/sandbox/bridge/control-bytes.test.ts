import { expect, it } from 'vitest';
import { hasControlBytes } from '../../../../src/sandbox/bridge/channel/control-bytes.ts';

it('says of any length at any place in memory what a look at each byte says', () => {
  const memory = new Uint8Array(64);
  for (let offset = 0; offset < 9; offset += 1) {
    for (let length = 0; length < 40; length += 1) {
      for (const control of [undefined, ...Array(length).keys()]) {
        memory.fill(0x1f).fill(0x7b, offset, offset + length);
        if (control !== undefined) memory[offset + control] = control % 0x20;
        const bytes = memory.subarray(offset, offset + length);
        expect(hasControlBytes(bytes), `${length} bytes at ${offset}, one at ${control}`).toBe(
          control !== undefined,
        );
      }
    }
  }
});

it('takes no byte from 0x20 on for one', () => {
  for (let byte = 0x20; byte <= 0xff; byte += 1)
    expect(hasControlBytes(Uint8Array.of(byte, byte, byte, byte))).toBe(false);
});
