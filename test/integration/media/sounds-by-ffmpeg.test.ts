/** What only ffmpeg decodes, as packets of Opus. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { createOpusDecoder } from '../../../src/media/opus/decoder.ts';
import { openSound } from '../../../src/media/speaking/player/open-sound.ts';
import type { Playable } from '../../../src/media/speaking/player/playable.ts';

const mp4 = 'test/fixtures/containers/short.mp4';

async function heard(playable: Playable, start = 0): Promise<{ at: number[]; samples: Int16Array }> {
  const { signal } = new AbortController();
  const sound = await openSound(playable, {
    origin: {},
    start,
    bitrate: undefined,
    ffmpeg: undefined,
    warn: () => {},
    signal,
  });
  const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
  const at: number[] = [];
  const samples: number[] = [];
  for (let frame = await sound.read(); frame; frame = await sound.read()) {
    at.push(frame.at);
    samples.push(...decoder.decode(frame.data));
  }
  sound.close();
  decoder.close();
  return { at, samples: Int16Array.from(samples) };
}

/** Hz, by how often it goes up through zero. */
function pitch(samples: Int16Array): number {
  const middle = samples.slice(4_800, -4_800);
  const up = middle.filter((sample, index) => sample >= 0 && (middle[index - 1] ?? 0) < 0);
  return (up.length * 48_000) / middle.length;
}

it('AAC in an MP4 whose index is at its end is heard', async () => {
  const file = readFileSync(mp4);
  const index = file.indexOf('moov') - 4;
  expect(index).toBeGreaterThan(file.indexOf('mdat'));
  // Further than a pipe is looked back.
  const free = Buffer.alloc(4_000_000);
  free.writeUInt32BE(free.length, 0);
  free.write('free', 4, 'latin1');
  const { samples } = await heard(Buffer.concat([file.subarray(0, index), free, file.subarray(index)]));
  expect(samples.length / 48).toBeGreaterThan(950);
  expect(pitch(samples)).toBeGreaterThan(430);
  expect(pitch(samples)).toBeLessThan(450);
});

it('begins somewhere else', async () => {
  const { at, samples } = await heard(mp4, 500);
  expect(at[0]).toBeGreaterThanOrEqual(500);
  expect(samples.length / 48).toBeLessThan(650);
});

it('what is no sound for ffmpeg either is an error', async () => {
  const noise = Readable.from([
    Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 151) % 251)),
  ]);
  await expect(heard(noise)).rejects.toMatchObject({ code: 'ffmpeg-failed' });
});
