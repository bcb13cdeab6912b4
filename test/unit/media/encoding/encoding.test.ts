import { describe, expect, it } from 'vitest';
import { BitrateSteps } from '../../../../src/media/encoding/bitrate-steps.ts';
import { pictureBytes, rawPictures } from '../../../../src/media/encoding/raw-pictures.ts';

describe('the bitrate of an encoder', () => {
  /** Looked at ten times a second. @returns each change: ms, and bit/s */
  const changes = (steps: BitrateSteps, from: number, to: number, target: number | undefined): number[][] => {
    const list: number[][] = [];
    for (let now = from; now < to; now += 100)
      if (steps.follow(target, now)) list.push([now, steps.current ?? 0]);
    return list;
  };

  it('begins with the most while nothing is known, and keeps to nine tenths of what fits', () => {
    const steps = new BitrateSteps(1_000_000);
    expect(changes(steps, 0, 2_000, undefined)).toEqual([[0, 1_000_000]]);
    expect(changes(steps, 2_000, 5_000, 800_000)).toEqual([[2_000, 720_000]]);
    expect(changes(steps, 5_000, 20_000, 700_000)).toEqual([]);
  });

  it('falls within two seconds, sooner if it is far too high', () => {
    const steps = new BitrateSteps(1_000_000);
    steps.follow(undefined, 0);
    expect(changes(steps, 100, 5_000, 800_000)).toEqual([[2_000, 720_000]]);
    expect(changes(steps, 2_100, 5_000, 200_000)).toEqual([[2_500, 180_000]]);
    expect(changes(steps, 5_000, 6_000, 1)).toEqual([[5_000, 50_000]]);
  });

  it('rises seldom, but soon after a low beginning', () => {
    const steps = new BitrateSteps(1_500_000);
    expect(changes(steps, 0, 100, 300_000)).toEqual([[0, 270_000]]);
    expect(changes(steps, 100, 3_000, 1_000_000)).toEqual([[2_000, 900_000]]);
    expect(changes(steps, 2_100, 11_000, 1_400_000)).toEqual([[10_000, 1_260_000]]);
    expect(changes(steps, 11_000, 60_000, 5_000_000)).toEqual([]);
  });

  it('begins anew after a stop', () => {
    const steps = new BitrateSteps(1_000_000);
    steps.follow(undefined, 0);
    steps.stop();
    expect(steps.current).toBeUndefined();
    expect(steps.follow(500_000, 10)).toBe(true);
  });
});

describe('raw pictures', () => {
  const collect = async (chunks: readonly number[], size: number): Promise<number[][]> => {
    let next = 0;
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      for (const length of chunks) yield Uint8Array.from({ length }, () => next++);
    };
    const pictures: number[][] = [];
    for await (const picture of rawPictures(stream(), size)) pictures.push([...picture]);
    return pictures;
  };

  it('are cut out of a stream, whatever its pieces are', async () => {
    expect(pictureBytes(4, 2)).toBe(12);
    expect(pictureBytes(3, 3)).toBe(9 + 8);
    const expected = [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
    ];
    for (const chunks of [[9], [1, 1, 4, 0, 2, 1], [4, 5]])
      expect(await collect(chunks, 3)).toEqual(expected);
  });

  it('are whole', async () => {
    await expect(collect([4], 3)).rejects.toMatchObject({ code: 'picture-incomplete' });
  });
});
