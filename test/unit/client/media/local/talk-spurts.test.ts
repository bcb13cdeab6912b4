import { expect, it } from 'vitest';
import { TalkSpurts } from '../../../../../src/client/media/local/talk-spurts.ts';

/** 20 ms. */
const packet = Uint8Array.of(0x78, 0);

it('a spurt of talk begins with the first packet, and after a pause', () => {
  const spurts = new TalkSpurts();
  // Clocks of programs are not exact; a packet that is missing is.
  const times = [1000, 1020, 1043, 1060, 1099, 1121, 1161, 1181, 5000, 5020];
  expect(times.filter((time) => spurts.begins(time, packet))).toEqual([1000, 1161, 5000]);
});
