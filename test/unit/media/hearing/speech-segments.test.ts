import { describe, expect, it } from 'vitest';
import { type SegmentLimits, SpeechSegments } from '../../../../src/media/hearing/speech-segments.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import { FakeSender } from './sounds.ts';

const zero = 1_000_000;

class Rig {
  readonly sender = new FakeSender(zero);
  readonly told: string[] = [];
  /** ms by which frames come late. */
  late = 0;
  /** Of the stretches, one after the other. */
  readonly frames: SoundFrame[][] = [];
  readonly segments: SpeechSegments;

  constructor(limits: Partial<SegmentLimits> = {}) {
    this.segments = new SpeechSegments(
      { silence: 600, minLength: 200, maxLength: 60_000, ...limits },
      {
        spoke: (isSpeaking, at) => this.told.push(`${isSpeaking ? 'speaks' : 'silent'} ${at - zero}`),
        begun: (start) => {
          this.told.push(`begun ${start - zero}`);
          this.frames.push([]);
        },
        frame: (frame) => this.frames.at(-1)?.push(frame),
        ended: ({ end, reason }) => this.told.push(`ended ${end - zero} ${reason}`),
      },
    );
  }

  /** @param words such as `quiet 500`, `loud 1000`, `nothing 300`, `lost 60` (ms each) */
  play(...words: readonly string[]): this {
    for (const word of words) {
      const [what = '', duration = '0'] = word.split(' ');
      const packets = Number(duration) / 20;
      if (what === 'nothing') this.sender.skip(Number(duration));
      else if (what === 'lost') this.sender.skip(Number(duration), packets);
      else
        for (const frame of this.sender.frames(packets))
          this.segments.heard(frame, what === 'loud' ? 25 : 75, this.sender.at + this.late);
    }
    return this;
  }

  /** Of a stretch's sound, from the epoch of the rig: ms. */
  span(index = 0): [from: number, to: number] {
    const frames = this.frames[index] ?? [];
    return [(frames[0]?.captureTime ?? 0) - zero, (frames.at(-1)?.captureTime ?? 0) + 20 - zero];
  }
}

describe('a stretch of speech', () => {
  it('begins and ends where the loud sound does, and is heard a little longer', () => {
    const rig = new Rig().play('quiet 1000', 'loud 1200', 'quiet 2000');
    expect(rig.told).toEqual(['speaks 1000', 'begun 1000', 'silent 2200', 'ended 2200 silence']);
    expect(rig.span()).toEqual([800, 2400]);
  });

  it('goes on over what is shorter than the silence', () => {
    const rig = new Rig().play('loud 400', 'quiet 560', 'loud 400', 'quiet 1000');
    expect(rig.told).toEqual(['speaks 0', 'begun 0', 'silent 1360', 'ended 1360 silence']);
    expect(rig.frames[0]).toHaveLength((1_360 + 200) / 20);
  });

  it('is another after that', () => {
    const rig = new Rig().play('loud 400', 'quiet 700', 'loud 400', 'quiet 1000');
    expect(rig.told.filter((each) => /begun|ended/.test(each))).toEqual([
      'begun 0',
      'ended 400 silence',
      'begun 1100',
      'ended 1500 silence',
    ]);
    expect([rig.span(0), rig.span(1)]).toEqual([
      [0, 600],
      [900, 1700],
    ]);
  });

  it('gives each frame to one of two that are near', () => {
    const rig = new Rig({ silence: 240 }).play('loud 400', 'quiet 260', 'loud 400', 'quiet 500');
    expect([rig.span(0), rig.span(1)]).toEqual([
      [0, 600],
      [600, 1260],
    ]);
  });

  it('that is too short is told of as it happens, and is none', () => {
    const rig = new Rig().play('loud 160', 'quiet 1000', 'loud 60', 'quiet 1000');
    expect(rig.told).toEqual(['speaks 0', 'silent 160']);
    expect(rig.frames).toEqual([]);
  });

  it('that is too long is cut, and nothing is missing', () => {
    const rig = new Rig({ maxLength: 1_000 }).play('quiet 200', 'loud 2500', 'quiet 1000');
    expect(rig.told).toEqual([
      'speaks 200',
      'begun 200',
      'ended 1200 max-length',
      'begun 1200',
      'ended 2200 max-length',
      'begun 2200',
      'silent 2700',
      'ended 2700 silence',
    ]);
    expect([rig.span(0), rig.span(1), rig.span(2)]).toEqual([
      [0, 1200],
      [1200, 2200],
      [2200, 2900],
    ]);
  });

  it('of somebody who speaks already begins with the first that is heard', () => {
    expect(new Rig().play('loud 400').told).toEqual(['speaks 0', 'begun 0']);
  });
});

describe('time that goes on without frames', () => {
  it('ends it as silence does', () => {
    const rig = new Rig().play('loud 400');
    expect(rig.segments.due).toBe(zero + 400 + 600 + 200);
    rig.segments.tick(zero + 1_199);
    expect(rig.told).toEqual(['speaks 0', 'begun 0']);
    rig.segments.tick(zero + 1_200);
    expect(rig.told.slice(2)).toEqual(['silent 400', 'ended 400 silence']);
    expect(rig.segments.due).toBeUndefined();
  });

  it('counts from when the last frame came, however late that was', () => {
    const rig = new Rig();
    rig.late = 5_000;
    rig.play('loud 400');
    expect(rig.segments.due).toBe(zero + 5_000 + 400 + 600 + 200);
    rig.segments.tick(zero + 6_199);
    expect(rig.told).toEqual(['speaks 0', 'begun 0']);
    rig.segments.tick(zero + 6_200);
    expect(rig.told.slice(2)).toEqual(['silent 400', 'ended 400 silence']);
  });

  it('is bridged where it is short, as when a session is moved', () => {
    const rig = new Rig().play('loud 400', 'nothing 500', 'loud 400', 'quiet 1000');
    expect(rig.told).toEqual(['speaks 0', 'begun 0', 'silent 1300', 'ended 1300 silence']);
    expect(rig.frames[0]).toHaveLength((400 + 400 + 200) / 20);
  });

  it('ends it before the next begins, where nobody has looked meanwhile', () => {
    const rig = new Rig().play('loud 400', 'nothing 5000', 'loud 400', 'quiet 1000');
    expect(rig.told.filter((each) => /begun|ended/.test(each))).toEqual([
      'begun 0',
      'ended 400 silence',
      'begun 5400',
      'ended 5800 silence',
    ]);
  });
});

describe('a track', () => {
  it('that is muted ends it sooner, after what was on its way', () => {
    const rig = new Rig().play('loud 400');
    rig.segments.muted(zero + 420);
    expect(rig.segments.due).toBe(zero + 620);
    rig.play('loud 40');
    rig.segments.tick(zero + 620);
    expect(rig.told.slice(2)).toEqual(['silent 440', 'ended 440 muted']);
  });

  it('that is unmuted at once goes on', () => {
    const rig = new Rig().play('loud 400');
    rig.segments.muted(zero + 420);
    rig.segments.unmuted();
    rig.play('nothing 200', 'loud 400', 'quiet 1000');
    expect(rig.told.slice(2)).toEqual(['silent 1000', 'ended 1000 silence']);
  });

  it('that is gone ends it', () => {
    const rig = new Rig().play('loud 400', 'quiet 100');
    rig.segments.end('left');
    rig.segments.end('left');
    expect(rig.told.slice(2)).toEqual(['silent 400', 'ended 400 left']);
  });

  it('whose clock goes back ends it, and begins anew', () => {
    const rig = new Rig().play('loud 400');
    rig.sender.skip(-10_000);
    rig.play('loud 400', 'quiet 1000');
    expect(rig.told.filter((each) => /begun|ended/.test(each))).toEqual([
      'begun 0',
      'ended 400 silence',
      'begun -9600',
      'ended -9200 silence',
    ]);
  });
});

/** Speech as a script: the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('with 2 % of the packets lost, borders are where the script has them, within 100 ms', () => {
  const next = random(7);
  const rig = new Rig();
  const script: [number, number][] = [];
  for (let stretch = 0; stretch < 200; stretch += 1) {
    const pause = 800 + Math.round(next() * 100) * 20;
    const speech = 400 + Math.round(next() * 100) * 20;
    const start = rig.sender.at - zero + pause;
    script.push([start, start + speech]);
    for (const [what, packets] of [
      ['quiet', pause / 20],
      ['loud', speech / 20],
    ] as const)
      for (let packet = 0; packet < packets; packet += 1) {
        const frame = rig.sender.frame();
        // Syllables: a sixth of them is quiet.
        const level =
          what === 'loud' ? (packet > 2 && next() < 0.16 ? 70 : 20 + next() * 15) : 65 + next() * 20;
        if (next() >= 0.02) rig.segments.heard(frame, level, rig.sender.at);
      }
  }
  rig.play('quiet 1000');
  const begun = rig.told.flatMap((each) => /^begun (.*)/.exec(each)?.[1] ?? []).map(Number);
  const ended = rig.told.flatMap((each) => /^ended (.*) silence/.exec(each)?.[1] ?? []).map(Number);
  expect([begun.length, ended.length]).toEqual([200, 200]);
  const errors = script.flatMap(([start, end], index) => [
    Math.abs((begun[index] ?? 0) - start),
    Math.abs((ended[index] ?? 0) - end),
  ]);
  expect(Math.max(...errors)).toBeLessThanOrEqual(100);
});
