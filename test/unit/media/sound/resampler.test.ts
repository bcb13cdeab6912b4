import { describe, expect, it } from 'vitest';
import { createResampler } from '../../../../src/media/sound/resampler.ts';
import { tone, toneAmplitude, toneShare } from '../../../support/sound.ts';

/** What comes out when it comes in pieces of such lengths, in turn. */
async function resample(
  samples: Int16Array,
  options: { from: number; to: number; channels?: 1 | 2 },
  lengths: readonly number[] = [441],
): Promise<Int16Array> {
  const { channels = 1 } = options;
  const resampler = await createResampler({ channels, ...options });
  const made: number[] = [];
  for (let at = 0, turn = 0; at < samples.length; turn += 1) {
    const end = at + (lengths[turn % lengths.length] ?? 1) * channels;
    made.push(...resampler.process(samples.subarray(at, end)));
    at = end;
  }
  made.push(...resampler.flush());
  resampler.close();
  return Int16Array.from(made);
}

const rates = [
  [8000, 48_000],
  [11_025, 48_000],
  [22_050, 48_000],
  [44_100, 48_000],
  [96_000, 48_000],
  [48_000, 44_100],
  [48_000, 16_000],
  [16_000, 24_000],
] as const;

describe('samples at another rate', () => {
  it.each(rates)('are the same sound: %d to %d Hz', async (from, to) => {
    for (const frequency of [300, Math.min(from, to) * 0.4]) {
      const heard = await resample(tone({ frequency, sampleRate: from, length: from }), { from, to });
      const middle = heard.subarray(to / 10, to * 0.9);
      // 50 dB; what rounding to 16 bits leaves is 80 and more.
      expect(1 - toneShare(middle, frequency, to)).toBeLessThan(1e-5);
      expect(toneAmplitude(middle, frequency, to) / 8192).toBeGreaterThan(0.9);
    }
  });

  it.each(rates)('are as many as they have to be, however they come: %d to %d Hz', async (from, to) => {
    const samples = tone({ frequency: 300, sampleRate: from, length: from / 5 + 77 });
    const made = await Promise.all(
      [[1_000_000], [1, 2, 3], [441, 7], [5000]].map((lengths) => resample(samples, { from, to }, lengths)),
    );
    const [whole = new Int16Array(), ...pieces] = made;
    expect(Math.abs(whole.length - ((from / 5 + 77) * to) / from)).toBeLessThan(2);
    for (const piece of pieces)
      expect(Buffer.compare(Buffer.from(piece.buffer), Buffer.from(whole.buffer))).toBe(0);
  });

  it('do not drift', async () => {
    const resampler = await createResampler({ from: 11_025, to: 16_000, channels: 1 });
    let made = 0;
    for (let count = 0; count < 11_025; count += 1) made += resampler.process(new Int16Array(77)).length;
    made += resampler.flush().length;
    resampler.close();
    expect(Math.abs(made - 77 * 16_000)).toBeLessThan(2);
  });

  it('keep what is higher than the new rate can have out', async () => {
    const heard = await resample(tone({ frequency: 10_000, sampleRate: 48_000, length: 48_000 }), {
      from: 48_000,
      to: 16_000,
    });
    expect(heard.subarray(1600, 14_400).every((sample) => Math.abs(sample) < 82)).toBe(true);
  });

  it('keep two channels apart', async () => {
    const left = tone({ frequency: 300, sampleRate: 16_000, length: 16_000, channels: 2 });
    const samples = left.map((sample, index) => (index % 2 === 0 ? sample : 0));
    const heard = await resample(samples, { from: 16_000, to: 48_000, channels: 2 }, [320]);
    expect(heard.filter((_, index) => index % 2 === 1).every((sample) => sample === 0)).toBe(true);
    const middle = heard.filter((_, index) => index % 2 === 0).subarray(4800, 43_200);
    expect(1 - toneShare(middle, 300, 48_000)).toBeLessThan(1e-5);
  });

  it('are themselves at the same rate', async () => {
    const samples = Int16Array.of(1, 2, 3);
    expect(await resample(samples, { from: 48_000, to: 48_000 })).toEqual(samples);
  });

  it.each([
    [{ from: 0, to: 48_000, channels: 1 }, /from is to be a whole number of Hz/],
    [{ from: 48_000, to: 1e9, channels: 1 }, /to is to be/],
    [{ from: 48_000.5, to: 48_000, channels: 1 }, /from is to be/],
    [{ from: 48_000, to: 16_000, channels: 6 }, /channels is to be 1 or 2/],
    [{ from: 48_000, to: 16_000 }, /channels/],
  ])('cannot be made of %j', async (options, message) => {
    await expect(createResampler(options as never)).rejects.toThrow(message);
  });

  it('are not made after the end', async () => {
    const resampler = await createResampler({ from: 8000, to: 48_000, channels: 1 });
    resampler.close();
    resampler.close();
    const closed = expect.objectContaining({ code: 'resampler-closed' });
    expect(() => resampler.process(new Int16Array(10))).toThrow(closed);
    expect(() => resampler.flush()).toThrow(closed);
  });
});
