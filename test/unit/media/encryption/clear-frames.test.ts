import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../../src/base/event-stream.ts';
import type { RemoteFrame } from '../../../../src/client/media/track-types.ts';
import { ClearFrames, type ReadTrack } from '../../../../src/media/encryption/clear-frames.ts';

/** Numbers of the frames that came out, and how often it was told that some are left out. */
async function read(
  frames: readonly Uint8Array[],
  properties: Record<string, string> = {},
): Promise<[number[], number]> {
  const all = new EventStream<RemoteFrame>({ limit: 1000 });
  for (const data of frames) all.push({ data } as RemoteFrame);
  all.close();
  let told = 0;
  const track = { participant: { properties }, frames: () => all } as unknown as ReadTrack;
  const clear = new ClearFrames(track, {}, () => (told += 1));
  const numbers: number[] = [];
  for await (const { data } of clear) numbers.push(data[0] ?? -1);
  return [numbers, told];
}

const clear = (number: number): Uint8Array => Uint8Array.of(number, ...new Uint8Array(30));
/** As it ends with the length of its vector, and the index of a key. */
const encrypted = (number: number): Uint8Array => Uint8Array.of(number, ...new Uint8Array(30), 12, 0);

describe('frames in the clear', () => {
  it('are all there, in order, those too that look encrypted by chance', async () => {
    const frames = [clear(1), encrypted(2), encrypted(3), clear(4), encrypted(5), clear(6)];
    expect(await read(frames)).toEqual([[1, 2, 3, 4, 5, 6], 0]);
  });

  it('are not those that look encrypted one after the other', async () => {
    const hidden = Array.from({ length: 50 }, (_, index) => encrypted(100 + index));
    expect(await read([clear(1), ...hidden])).toEqual([[1], 1]);
    const again = Array.from({ length: 30 }, (_, index) => clear(index));
    expect((await read([...hidden, ...again]))[0]).toEqual([24, 25, 26, 27, 28, 29]);
  });

  it('are none when presence says so', async () => {
    expect(await read([clear(1), clear(2)], { 'e2ee.enabled': 'true' })).toEqual([[], 1]);
  });

  it('end with what reads them', async () => {
    const all = new EventStream<RemoteFrame>({ limit: 10 });
    const frames = new ClearFrames({ participant: undefined, frames: () => all });
    const next = frames.next();
    await frames.return();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(all.isClosed).toBe(true);
  });
});
