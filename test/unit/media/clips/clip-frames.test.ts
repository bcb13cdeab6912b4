import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/base/clock.ts';
import type { LocalFrame } from '../../../../src/client/media/track-types.ts';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { ClipFrames } from '../../../../src/media/clips/clip-frames.ts';
import { FramePlayer } from '../../../../src/media/pacing/frame-player.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** Frames at 0, 40, 80 (a key frame), 100 ms; from the beginning again after 140. */
const clip: Clip = {
  kind: 'video',
  codec: 'vp8',
  duration: 140,
  frames: [0, 40, 80, 100].map((at, index) => {
    const duration = [40, 40, 20, 40][index] ?? 0;
    return { data: Uint8Array.of(index), at, duration, keyFrame: index % 2 === 0 };
  }),
};

function playerOf(clock: Clock, play: (frame: LocalFrame) => void, rounds: number[] = []): FramePlayer {
  const roundBegan = (round: number): void => void rounds.push(round);
  return new FramePlayer(new ClipFrames(clip), { clock, send: (_, frame) => play(frame), roundBegan });
}

function play(start = 1000): {
  clock: ManualClock;
  player: FramePlayer;
  played: LocalFrame[];
  rounds: number[];
  take(): string;
} {
  const clock = new ManualClock(start);
  const played: LocalFrame[] = [];
  const rounds: number[] = [];
  const player = playerOf(clock, (frame) => played.push(frame), rounds);
  player.start();
  return {
    clock,
    player,
    played,
    rounds,
    take: () =>
      played
        .splice(0)
        .map(({ data, timestamp }) => `${data[0]}@${timestamp}`)
        .join(' '),
  };
}

describe('a clip that is played', () => {
  it('is one for all who play it', () => {
    const [first, second] = [new ClipFrames(clip), new ClipFrames(clip)];
    const [one, other] = [first.next(), second.next()];
    expect(one?.frame).toBe(clip.frames[0]);
    expect(other?.frame).toBe(one?.frame);
  });

  it('comes in time, again and again, without a break', () => {
    const { clock, rounds, take } = play();
    expect(take()).toBe('');
    clock.advance(0);
    expect(take()).toBe('0@1000');
    clock.advance(39);
    expect(take()).toBe('');
    clock.advance(1);
    expect(take()).toBe('1@1040');
    clock.advance(240);
    expect(take()).toBe('2@1080 3@1100 0@1140 1@1180 2@1220 3@1240 0@1280');
    expect(rounds).toEqual([1, 2, 3]);
  });

  it('is over after so many rounds', () => {
    const frames = new ClipFrames(clip, 2);
    const all = Array.from({ length: 8 }, () => frames.next()?.round);
    expect([all, frames.isOver]).toEqual([[1, 1, 1, 1, 2, 2, 2, 2], true]);
    expect(frames.next()).toBeUndefined();
  });

  it('hands out what the clip has of a frame', () => {
    const { clock, played } = play();
    clock.advance(0);
    expect(played).toEqual([{ data: Uint8Array.of(0), keyFrame: true, timestamp: 1000 }]);
  });

  it('goes to the next key frame when one is asked for', () => {
    const { clock, player, take } = play();
    clock.advance(0);
    player.requestKeyFrame();
    clock.advance(60);
    expect(take()).toBe('0@1000 2@1040 3@1060');
    // After the last one: the first.
    player.requestKeyFrame();
    clock.advance(40);
    expect(take()).toBe('0@1100');
  });

  it('stops, and goes on with a key frame', () => {
    const { clock, player, take } = play();
    clock.advance(45);
    player.stop();
    expect(clock.pending).toBe(0);
    clock.advance(1000);
    expect(take()).toBe('0@1000 1@1040');
    player.start();
    player.start();
    clock.advance(20);
    expect(take()).toBe('2@2045 3@2065');
  });

  it('keeps its pace when it is stopped and started at once', () => {
    const { clock, player, take } = play();
    clock.advance(10);
    player.stop();
    player.start();
    clock.advance(40);
    expect(take()).toBe('0@1000 2@1040');
  });

  it('may be stopped by whom it plays for, and started', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const player = playerOf(clock, ({ timestamp }) => {
      times.push(timestamp);
      player.stop();
      if (times.length < 3) player.start();
    });
    player.start();
    clock.advance(1000);
    expect(times).toEqual([0, 40, 60]);
    expect(clock.pending).toBe(0);
  });

  it('catches up when timers are late, but sends no burst after a long pause', () => {
    const clock = new ManualClock(0);
    let late = 0;
    const slow = {
      now: () => clock.now() + late,
      schedule: (delay: number, run: () => void) => clock.schedule(delay, run),
    };
    const times: number[] = [];
    const player = playerOf(slow, ({ timestamp }) => times.push(timestamp));
    player.start();
    clock.advance(0);
    late = 50;
    clock.advance(40);
    expect(times.splice(0)).toEqual([0, 40, 80]);
    late = 10_000;
    clock.advance(20);
    // The one that is due is 100 ms late; the others follow.
    expect(times.every((time) => time >= 9_950)).toBe(true);
    expect(times.length).toBeLessThan(5);
  });
});
