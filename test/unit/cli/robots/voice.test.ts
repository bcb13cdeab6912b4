import { describe, expect, it } from 'vitest';
import { type Speech, Voice } from '../../../../src/cli/robots/voice.ts';
import type { LocalFrame } from '../../../../src/index.ts';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const clip: Clip = {
  kind: 'audio',
  codec: 'opus',
  frames: [0, 20, 40].map((at) => ({ data: Uint8Array.of(at), at, duration: 20, keyFrame: true })),
  duration: 60,
};

/** @param telling ms that it takes to tell that it began */
function rig(telling = 0): {
  clock: ManualClock;
  voice: Voice;
  sent: (number | undefined)[][];
  began: number[];
  speeches: Speech[];
  state: { isReady: boolean };
} {
  const clock = new ManualClock(1000);
  const sent: (number | undefined)[][] = [];
  const state = { isReady: true };
  const track = {
    send({ data, timestamp }: LocalFrame): boolean {
      if (state.isReady) sent.push([clock.now(), timestamp, data[0]]);
      return state.isReady;
    },
  };
  const [began, speeches]: [number[], Speech[]] = [[], []];
  const voice = new Voice(track, clip, clock, {
    began: (start) => {
      began.push(start);
      clock.stall(telling);
    },
    ended: (speech) => void speeches.push(speech),
  });
  return { clock, voice, sent, began, speeches, state };
}

describe('a voice', () => {
  it('says all of its clip once, each time from the beginning, and tells when', () => {
    const { began, clock, sent, speeches, voice } = rig();
    let ended = 0;
    for (let round = 0; round < 2; round += 1) {
      voice.start(() => void (ended += 1));
      clock.advance(100);
    }
    expect(sent).toEqual([
      [1000, 1000, 0],
      [1020, 1020, 20],
      [1040, 1040, 40],
      [1100, 1100, 0],
      [1120, 1120, 20],
      [1140, 1140, 40],
    ]);
    expect(began).toEqual([1000, 1100]);
    expect(speeches).toEqual([
      { start: 1000, end: 1060, packets: 3 },
      { start: 1100, end: 1160, packets: 3 },
    ]);
    expect(ended).toBe(2);
    expect(clock.pending).toBe(0);
  });

  it('has the times of its script where the machine is late', () => {
    const { clock, sent, speeches, voice } = rig();
    voice.start(() => {});
    clock.stall(500);
    clock.advance(0);
    expect(sent).toEqual([
      [1500, 1000, 0],
      [1500, 1020, 20],
      [1500, 1040, 40],
    ]);
    expect(speeches).toEqual([{ start: 1000, end: 1060, packets: 3 }]);
  });

  it('has the times that are told, however long the telling takes', () => {
    const { began, clock, sent, speeches, voice } = rig(30);
    voice.start(() => {});
    clock.advance(200);
    expect(began).toEqual([1000]);
    expect(sent.map(([, timestamp]) => timestamp)).toEqual([1000, 1020, 1040]);
    expect(speeches).toEqual([{ start: 1000, end: 1060, packets: 3 }]);
  });

  it('says nothing of what never began', () => {
    const { began, clock, speeches, voice } = rig();
    voice.start(() => expect.unreachable());
    voice.stop();
    clock.advance(200);
    expect([began, speeches]).toEqual([[], []]);
  });

  it('tells what was said when it is cut short, once, and what was not heard', () => {
    const { clock, speeches, state, voice } = rig();
    voice.start(() => expect.unreachable());
    clock.advance(0);
    state.isReady = false;
    clock.advance(25);
    voice.stop();
    voice.stop();
    expect(speeches).toEqual([{ start: 1000, end: 1040, packets: 1 }]);
    expect(clock.pending).toBe(0);
  });
});
