/** Hearing at rates that Opus does not have: real packets of a tone, resampled. */
import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../../src/base/event-stream.ts';
import { PcmStream } from '../../../../src/media/hearing/pcm-stream.ts';
import { MixStream } from '../../../../src/media/hearing/mix-stream.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { Gaps } from '../../../../src/media/hearing/sound-line.ts';
import { createOpusDecoder } from '../../../../src/media/opus/decoder.ts';
import { createOpusEncoder } from '../../../../src/media/opus/encoder.ts';
import type { OpusDecoder, OpusDecoderOptions } from '../../../../src/media/opus/types.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import { createResampler } from '../../../../src/media/sound/resampler.ts';
import { tone, toneShare } from '../../../support/sound.ts';
import { FakeConference } from './rig.ts';
import { durationIn, FakeSender } from './sounds.ts';

const frequency = 440;
const rates = [
  [8_001, 12_000],
  [11_025, 12_000],
  [22_050, 24_000],
  [32_000, 48_000],
  [44_100, 48_000],
  [96_000, 48_000],
  [192_000, 48_000],
] as const;

/** Packets of a tone, a second of them. */
async function packets(): Promise<Uint8Array[]> {
  const encoder = await createOpusEncoder({ sampleRate: 48_000, channels: 1, application: 'audio' });
  const samples = tone({ frequency, sampleRate: 48_000, length: 48_000 });
  const made = Array.from({ length: 50 }, (_, index) =>
    encoder.encode(samples.subarray(index * 960, (index + 1) * 960)),
  );
  encoder.close();
  return made;
}

/** What is read of a stream of such packets, and then nothing. @param pause ms after half of them */
async function read(
  sampleRate: number,
  { channels = 1, gaps = 'fill', pause = 0 }: { channels?: 1 | 2; gaps?: Gaps; pause?: number } = {},
): Promise<{ blocks: PcmBlock[]; decodedAt: number[]; closed: boolean[] }> {
  const sender = new FakeSender();
  const frames = new EventStream<SoundFrame>({ limit: 100 });
  for (const [index, data] of (await packets()).entries()) {
    if (index === 25) sender.skip(pause);
    frames.push({ ...sender.frame(), data });
  }
  frames.close();
  const decodedAt: number[] = [];
  const decoders: OpusDecoder[] = [];
  const createDecoder = async (options: OpusDecoderOptions): Promise<OpusDecoder> => {
    decodedAt.push(options.sampleRate);
    const decoder = await createOpusDecoder(options);
    decoders.push(decoder);
    return decoder;
  };
  const blocks: PcmBlock[] = [];
  for await (const block of new PcmStream({ frames, createDecoder, sampleRate, channels, gaps }))
    blocks.push(block);
  const closed = decoders.map((decoder) => {
    try {
      decoder.conceal(480);
      return false;
    } catch {
      return true;
    }
  });
  return { blocks, decodedAt, closed };
}

/** Where each block ends, and the next begins, ms apart. */
function seams(blocks: readonly PcmBlock[]): number[] {
  return blocks.slice(1).map(({ timestamp }, index) => timestamp - endOf(blocks[index] ?? ({} as PcmBlock)));
}

function endOf(block: PcmBlock): number {
  return block.timestamp + durationIn(block);
}

function samplesOf(blocks: readonly PcmBlock[]): number[] {
  return blocks.flatMap(({ samples }) => [...samples]);
}

describe('a track that is heard at a rate that Opus does not have', () => {
  it.each(rates)('is the same sound, as long as it is, at %d Hz', async (sampleRate, decodedRate) => {
    const { blocks, closed, decodedAt } = await read(sampleRate);
    expect(decodedAt).toEqual([decodedRate]);
    expect(closed).toEqual([true]);
    expect(new Set(blocks.map((block) => block.sampleRate))).toEqual(new Set([sampleRate]));
    const samples = samplesOf(blocks);
    expect(Math.abs(samples.length - sampleRate)).toBeLessThan(2);
    expect(blocks[0]?.timestamp).toBe(1_000_000);
    for (const seam of seams(blocks)) expect(Math.abs(seam)).toBeLessThan(0.001);
    // Opus itself leaves less than that of other things.
    expect(toneShare(samples.slice(sampleRate * 0.1), frequency, sampleRate)).toBeGreaterThan(0.99);
  });

  it('has both channels', async () => {
    const { blocks } = await read(44_100, { channels: 2 });
    const samples = samplesOf(blocks);
    expect(Math.abs(samples.length / 2 - 44_100)).toBeLessThan(2);
    const right = samples.filter((_, index) => index % 2 === 1).slice(4_410);
    expect(toneShare(right, frequency, 44_100)).toBeGreaterThan(0.99);
  });

  it('keeps the time of its pauses', async () => {
    const { blocks } = await read(44_100, { pause: 300 });
    for (const seam of seams(blocks)) expect(Math.abs(seam)).toBeLessThan(0.001);
    expect(Math.abs(samplesOf(blocks).length - 1.3 * 44_100)).toBeLessThan(2);
    const silence = blocks.filter(({ origin }) => origin === 'silence');
    expect(silence.reduce((sum, block) => sum + durationIn(block), 0)).toBeCloseTo(300, -1);
  });

  it('has nothing missing before a mark, and begins anew after it', async () => {
    const { blocks } = await read(44_100, { gaps: 'mark', pause: 300 });
    const mark = blocks.findIndex(({ samples }) => samples.length === 0);
    const [before, after] = [blocks.slice(0, mark), blocks.slice(mark + 1)];
    expect(Math.abs(samplesOf(before).length - 22_050)).toBeLessThan(2);
    expect(Math.abs(samplesOf(after).length - 22_050)).toBeLessThan(2);
    expect([blocks[mark]?.timestamp, after[0]?.timestamp]).toEqual([1_000_500, 1_000_800]);
  });
});

describe('a mix at a rate that Opus does not have', () => {
  it('goes on in time', async () => {
    // Loaded before: that is done in real time, and the rest is not.
    (await createResampler({ from: 48_000, to: 44_100, channels: 1 })).close();
    const conference = new FakeConference();
    const { clock, createDecoder } = conference;
    const stream = new MixStream(conference, {
      sampleRate: 44_100,
      channels: 1,
      createDecoder,
      delay: { least: 100, most: 400 },
      limit: 2_000,
      clock,
      isWanted: () => true,
    });
    const alice = conference.comes('alice');
    const blocks: PcmBlock[] = [];
    const reading = (async () => {
      for await (const block of stream) {
        blocks.push(block);
        if (block.timestamp > 1_000_800) break;
      }
    })();
    await conference.pass(1_500, () => alice.say(100, 30));
    await reading;
    for (const seam of seams(blocks)) expect(Math.abs(seam)).toBeLessThan(0.001);
    expect(blocks[0]?.timestamp).toBe(1_000_000);
    expect(samplesOf(blocks.slice(-10)).every((sample) => Math.abs(sample - 100) <= 1)).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
