import { describe, expect, it } from 'vitest';
import { soundLevel } from '../../../../src/media/sound/sound-level.ts';

function sine(amplitude: number): Int16Array {
  return Int16Array.from({ length: 960 }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * 500 * index) / 48_000)),
  );
}

describe('how loud samples are', () => {
  it('is measured against the loudest there can be', () => {
    expect(soundLevel(new Int16Array(960).fill(-32_768))).toEqual({ level: 0, voice: true });
    // The mean square of a sine is half of its peak's: 3 dB.
    expect(soundLevel(sine(32_767))).toEqual({ level: 3, voice: true });
    expect(soundLevel(sine(3_276.7))).toEqual({ level: 23, voice: true });
  });

  it('tells speech from what is too quiet for it', () => {
    expect(soundLevel(sine(327)).voice).toBe(true);
    expect(soundLevel(sine(80))).toEqual({ level: 55, voice: false });
  });

  it('is 127 for silence, and for nothing', () => {
    expect(soundLevel(new Int16Array(960))).toEqual({ level: 127, voice: false });
    expect(soundLevel(new Int16Array())).toEqual({ level: 127, voice: false });
    // One bit, once: the quietest that is not silence.
    expect(soundLevel(Int16Array.of(1, ...new Int16Array(959))).level).toBe(120);
  });
});
