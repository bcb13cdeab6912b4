import { expect, it } from 'vitest';
import { toChannels } from '../../../../src/media/sound/channels.ts';

it('one channel becomes two, two become one', () => {
  expect(toChannels(Int16Array.of(1, -2, 3), 1, 2)).toEqual(Int16Array.of(1, 1, -2, -2, 3, 3));
  expect(toChannels(Int16Array.of(10, 20, -32_768, -32_768, 32_767, 32_767), 2, 1)).toEqual(
    Int16Array.of(15, -32_768, 32_767),
  );
  const samples = Int16Array.of(1, 2);
  expect(toChannels(samples, 2, 2)).toBe(samples);
});
