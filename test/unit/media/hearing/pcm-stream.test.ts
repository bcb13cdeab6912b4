import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../../src/base/event-stream.ts';
import { PcmStream } from '../../../../src/media/hearing/pcm-stream.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { Gaps } from '../../../../src/media/hearing/sound-line.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { brief, FakeDecoder, FakeSender } from './sounds.ts';

class Rig {
  readonly clock = new ManualClock(1_000_000);
  readonly sender = new FakeSender();
  readonly frames: EventStream<SoundFrame>;
  readonly decoders: FakeDecoder[] = [];
  readonly stream: PcmStream;
  readonly abort = new AbortController();

  constructor({
    gaps = 'fill',
    limit = 100,
    isLive = true,
  }: { gaps?: Gaps; limit?: number; isLive?: boolean } = {}) {
    this.frames = new EventStream<SoundFrame>({ limit });
    this.stream = new PcmStream({
      frames: this.frames,
      createDecoder: () => {
        const decoder = new FakeDecoder();
        this.decoders.push(decoder);
        return Promise.resolve(decoder);
      },
      sampleRate: 8_000,
      channels: 1,
      gaps,
      clock: isLive ? this.clock : undefined,
      signal: this.abort.signal,
    });
  }

  /** Time passes, and whoever waits goes on meanwhile. */
  async pass(duration: number): Promise<void> {
    for (let passed = 0; passed < duration; passed += 1) {
      this.clock.advance(1);
      await settled();
    }
  }

  async read(count: number): Promise<PcmBlock[]> {
    const blocks: PcmBlock[] = [];
    while (blocks.length < count) {
      const { value } = await this.stream.next();
      if (!value) break;
      blocks.push(value);
    }
    return blocks;
  }
}

/** Lets what waits for nothing but promises go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

describe('sound of a track', () => {
  it('is decoded when it is read, and by nobody before', async () => {
    const rig = new Rig();
    for (const frame of rig.sender.frames(5, 3)) rig.frames.push(frame);
    await settled();
    expect(rig.decoders).toEqual([]);
    expect(brief(await rig.read(5))).toBe('3×100');
    rig.stream.close();
    expect(rig.decoders.map(({ decoded, isClosed }) => [decoded, isClosed])).toEqual([[5, true]]);
  });

  it('is silence while nothing comes, as time goes by', async () => {
    const rig = new Rig();
    rig.frames.push(rig.sender.frame(3));
    const reading = rig.read(6);
    await settled();
    await rig.pass(320);
    expect(brief(await reading)).toBe('3×20 _×100');
  });

  it('begins with silence where nothing comes from the beginning, muted or not yet heard', async () => {
    const rig = new Rig();
    const reading = rig.read(2);
    await settled();
    await rig.pass(240);
    const blocks = await reading;
    expect([brief(blocks), blocks[0]?.timestamp]).toEqual(['_×40', 1_000_000]);
  });

  it('is not taken for silent by a process that stood still', async () => {
    const rig = new Rig();
    rig.frames.push(rig.sender.frame(3));
    const reading = rig.read(40);
    await settled();
    // What came meanwhile is read after the timers that are due.
    rig.clock.stall(700);
    for (const frame of rig.sender.frames(35, 4)) rig.frames.push(frame);
    await settled();
    await rig.pass(320);
    expect(brief(await reading)).toBe('3×20 4×700 _×80');
  });

  it('has one mark for each pause, by choice', async () => {
    const rig = new Rig({ gaps: 'mark' });
    rig.frames.push(rig.sender.frame(3));
    const reading = rig.read(3);
    await settled();
    rig.clock.advance(5_000);
    expect(rig.clock.pending).toBe(0);
    rig.sender.skip(5_000);
    rig.frames.push(rig.sender.frame(4));
    expect(brief(await reading)).toBe('3×20 | 4×20');
  });

  it('keeps its time where the reader is too slow', async () => {
    const rig = new Rig({ limit: 5 });
    for (const frame of rig.sender.frames(3, 1)) rig.frames.push(frame);
    await rig.read(3);
    for (const frame of rig.sender.frames(25, 2)) rig.frames.push(frame);
    const blocks = await rig.read(25);
    expect(brief(blocks)).toBe('?×120 _×280 2×100');
    expect(rig.stream.dropped).toBe(20);
  });

  it('ends with the track, after what is unread', async () => {
    const rig = new Rig();
    for (const frame of rig.sender.frames(2, 3)) rig.frames.push(frame);
    rig.frames.close();
    expect(brief(await rig.read(10))).toBe('3×40');
    expect([rig.decoders[0]?.isClosed, rig.clock.pending]).toEqual([true, 0]);
    expect(await rig.stream.next()).toEqual({ value: undefined, done: true });
  });

  it('ends at once when it is told to, whoever waits', async () => {
    const rig = new Rig();
    const waiting = [rig.stream.next(), rig.stream.next()];
    await settled();
    rig.abort.abort();
    expect(await Promise.all(waiting)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    expect([rig.decoders[0]?.isClosed, rig.frames.isClosed, rig.clock.pending]).toEqual([true, true, 0]);
  });

  it('frees the decoder that comes after the end', async () => {
    const rig = new Rig();
    const waiting = rig.stream.next();
    rig.stream.close();
    await waiting;
    await settled();
    expect(rig.decoders[0]?.isClosed).toBe(true);
  });

  it('rejects where there is no decoder, and ends', async () => {
    const frames = new EventStream<SoundFrame>({ limit: 5 });
    const createDecoder = (): Promise<never> => Promise.reject(new Error('no library'));
    const stream = new PcmStream({ frames, createDecoder, sampleRate: 8_000, channels: 1, gaps: 'fill' });
    await expect(stream.next()).rejects.toThrow('no library');
    expect([await stream.next(), frames.isClosed]).toEqual([{ value: undefined, done: true }, true]);
  });

  it('that is over knows its pauses from what follows them', async () => {
    const rig = new Rig({ isLive: false });
    rig.frames.push(rig.sender.frame(1));
    rig.sender.skip(60);
    rig.frames.push(rig.sender.frame(2));
    rig.frames.close();
    expect(brief(await rig.read(10))).toBe('1×20 _×60 2×20');
  });
});
