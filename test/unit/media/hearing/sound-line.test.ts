import { describe, expect, it } from 'vitest';
import { type Gaps, SoundLine } from '../../../../src/media/hearing/sound-line.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import { brief, durationIn, FakeDecoder, FakeSender } from './sounds.ts';

class Rig {
  readonly decoder = new FakeDecoder();
  readonly sender = new FakeSender();
  readonly line: SoundLine;

  constructor(gaps: Gaps = 'fill') {
    this.line = new SoundLine(this.decoder, { sampleRate: 8_000, channels: 1, gaps });
  }

  take(...frames: readonly SoundFrame[]): PcmBlock[] {
    for (const frame of frames) this.line.push(frame);
    return this.rest();
  }

  rest(): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    for (let block = this.line.next(); block; block = this.line.next()) blocks.push(block);
    return blocks;
  }
}

/** Whether each begins where the one before it ends. */
function isWithoutHoles(blocks: readonly PcmBlock[]): boolean {
  return blocks.every((block, index) => {
    const before = blocks[index - 1];
    return !before || Math.abs(before.timestamp + durationIn(before) - block.timestamp) < 1e-6;
  });
}

describe('frames of a track', () => {
  it('become blocks, one each, at their times', () => {
    const { line, sender } = new Rig();
    for (const frame of sender.frames(3, 7)) line.push(frame);
    expect(line.next()).toEqual({
      samples: new Int16Array(160).fill(7),
      sampleRate: 8_000,
      channels: 1,
      timestamp: 1_000_000,
      origin: 'decoded',
    });
    expect([line.next()?.timestamp, line.next()?.timestamp, line.next()]).toEqual([
      1_000_020,
      1_000_040,
      undefined,
    ]);
  });

  it('are decoded when they are asked for', () => {
    const { decoder, line, sender } = new Rig();
    for (const frame of sender.frames(3)) line.push(frame);
    expect(decoder.decoded).toBe(0);
    line.next();
    expect(decoder.decoded).toBe(1);
  });

  it('that are no Opus are concealed', () => {
    const rig = new Rig();
    const frames = rig.sender.frames(3, 5);
    const noOpus = Uint8Array.of(0xd8, 1);
    expect(
      brief(rig.take(...frames.map((frame, index) => (index === 1 ? { ...frame, data: noOpus } : frame)))),
    ).toBe('5×20 ?×20 5×20');
  });
});

describe('a loss', () => {
  it.each([
    [1, '1×20 ?×20 2×20'],
    [6, '1×20 ?×120 2×20'],
    [10, '1×20 ?×120 _×80 2×20'],
  ])('of %i packets is concealed, as long as that is of use', (packets, words) => {
    const rig = new Rig();
    const first = rig.sender.frame(1);
    rig.sender.skip(20 * packets, packets);
    const blocks = rig.take(first, rig.sender.frame(2));
    expect(brief(blocks)).toBe(words);
    expect(isWithoutHoles(blocks)).toBe(true);
  });

  it.each([
    [1, [2]],
    [3, [2]],
    [7, []],
  ])('of %i packets is taken from what the next repeats of it', (packets, recovered) => {
    const rig = new Rig();
    const first = rig.sender.frame(1);
    rig.sender.skip(20 * packets, packets);
    rig.take(first, rig.sender.frame(2));
    expect(rig.decoder.recovered).toEqual(recovered);
  });

  it('within a pause is only what it may have been', () => {
    const rig = new Rig();
    const first = rig.sender.frame(1);
    rig.sender.skip(400, 2);
    expect(brief(rig.take(first, rig.sender.frame(2)))).toBe('1×20 ?×40 _×360 2×20');
  });
});

describe('a pause of the sender', () => {
  it('is silence', () => {
    const rig = new Rig();
    const first = rig.sender.frame(1);
    rig.sender.skip(400);
    const blocks = rig.take(first, rig.sender.frame(2));
    expect(brief(blocks)).toBe('1×20 _×400 2×20');
    expect(blocks).toHaveLength(22);
    expect(isWithoutHoles(blocks)).toBe(true);
  });

  it('is a mark where it begins, by choice', () => {
    const rig = new Rig('mark');
    const first = rig.sender.frame(1);
    rig.sender.skip(400);
    const blocks = rig.take(first, rig.sender.frame(2));
    expect(brief(blocks)).toBe('1×20 | 2×20');
    expect(blocks.map(({ timestamp }) => timestamp - 1_000_000)).toEqual([0, 20, 420]);
  });

  it('has one mark, whenever it is noticed', () => {
    const rig = new Rig('mark');
    rig.line.push(rig.sender.frame(1));
    rig.line.fill(1_000_100);
    rig.line.fill(1_000_200);
    rig.sender.skip(400);
    expect(brief(rig.take(rig.sender.frame(2)))).toBe('1×20 | 2×20');
  });
});

describe('silence that is put in while nothing comes', () => {
  it('is not put in twice', () => {
    const rig = new Rig();
    rig.line.push(rig.sender.frame(1));
    rig.line.fill(1_000_300);
    rig.sender.skip(400);
    const blocks = rig.take(rig.sender.frame(2));
    expect(brief(blocks)).toBe('1×20 _×400 2×20');
    expect(isWithoutHoles(blocks)).toBe(true);
  });

  it('loses nothing of what comes later: the next pause is shorter', () => {
    const rig = new Rig();
    rig.line.push(rig.sender.frame(1));
    rig.line.fill(1_000_200);
    const late = rig.sender.frames(3, 2);
    rig.sender.skip(400);
    const blocks = rig.take(...late, ...rig.sender.frames(2, 3));
    expect(brief(blocks)).toBe('1×20 _×180 2×60 _×220 3×40');
    expect(isWithoutHoles(blocks)).toBe(true);
    expect(blocks.at(-1)?.timestamp).toBe(1_000_500);
  });

  it('is not followed by what comes more than a second later', () => {
    const rig = new Rig();
    rig.line.push(rig.sender.frame(1));
    rig.line.fill(1_001_100);
    expect(brief(rig.take(...rig.sender.frames(60, 2)))).toMatch(/^1×20 _×1080 2×1\d\d\d$/);
    expect(rig.decoder.decoded).toBeLessThan(60);
  });

  it('begins the line when nothing has come yet', () => {
    const rig = new Rig();
    rig.line.fill(1_000_000);
    rig.line.fill(1_000_060);
    rig.sender.skip(100);
    expect(brief(rig.take(rig.sender.frame(1)))).toBe('_×100 1×20');
  });

  it('is made piece by piece, however long', () => {
    const rig = new Rig();
    rig.line.push(rig.sender.frame(1));
    rig.line.fill(1_000_000 + 30 * 86_400_000);
    rig.line.next();
    expect(rig.line.next()?.samples).toHaveLength(160);
  });
});

describe('another stream under the same track', () => {
  it('goes on by its time', () => {
    const rig = new Rig();
    const other = new FakeSender(1_000_140);
    other.rtpTimestamp = 1_000_000;
    other.sequenceNumber = 5_000;
    const blocks = rig.take(...rig.sender.frames(2, 1), ...other.frames(2, 2));
    expect(brief(blocks)).toBe('1×40 _×100 2×40');
    expect(isWithoutHoles(blocks)).toBe(true);
  });

  it('never goes back', () => {
    const rig = new Rig();
    const other = new FakeSender(990_000);
    other.rtpTimestamp = 1_000_000;
    const first = rig.sender.frames(2, 1);
    const others = other.frames(100, 2);
    other.skip(11_000);
    const blocks = rig.take(...first, ...others, other.frame(3));
    expect(brief(blocks)).toBe('1×40 2×2000 _×960 3×20');
    expect(isWithoutHoles(blocks)).toBe(true);
    expect(blocks.at(-1)?.timestamp).toBe(1_003_000);
  });
});

describe('clocks that drift', () => {
  /** A sender whose clock is fast. */
  function drifting(rig: Rig, packets: number): SoundFrame[] {
    return rig.sender.frames(packets, 1).map((frame, index) => ({
      ...frame,
      captureTime: frame.captureTime - index * 0.01,
    }));
  }

  it('are heard in no sound that goes on', () => {
    const rig = new Rig();
    const blocks = rig.take(...drifting(rig, 1_000));
    expect(brief(blocks)).toBe('1×20000');
    expect(isWithoutHoles(blocks)).toBe(true);
  });

  it('are corrected in a pause', () => {
    const rig = new Rig();
    const frames = drifting(rig, 1_000);
    rig.sender.skip(200);
    const blocks = rig.take(...frames, { ...rig.sender.frame(2), captureTime: 1_020_190 });
    expect(brief(blocks)).toBe('1×20000 _×190 2×20');
  });
});
