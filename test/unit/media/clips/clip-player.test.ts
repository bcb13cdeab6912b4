import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { ClipPlayer, type PlayedFrame } from '../../../../src/media/clips/clip-player.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** Frames at 0, 40, 80 (a key frame), 100 ms; from the beginning again after 140. */
const clip: Clip = {
  kind: 'video',
  codec: 'vp8',
  duration: 140,
  frames: [0, 40, 80, 100].map((at, index) => {
    return { data: Uint8Array.of(index), at, isKeyFrame: index % 2 === 0 };
  }),
};

function play(start = 1000): {
  clock: ManualClock;
  player: ClipPlayer;
  played: PlayedFrame[];
  take(): string;
} {
  const clock = new ManualClock(start);
  const played: PlayedFrame[] = [];
  const player = new ClipPlayer(clip, clock, (frame) => played.push(frame));
  player.start();
  return {
    clock,
    player,
    played,
    take: () =>
      played
        .splice(0)
        .map(({ data, time }) => `${data[0]}@${time}`)
        .join(' '),
  };
}

describe('a clip that is played', () => {
  it('comes in time, again and again, without a break', () => {
    const { clock, take } = play();
    expect(take()).toBe('');
    clock.advance(0);
    expect(take()).toBe('0@1000');
    clock.advance(39);
    expect(take()).toBe('');
    clock.advance(1);
    expect(take()).toBe('1@1040');
    clock.advance(240);
    expect(take()).toBe('2@1080 3@1100 0@1140 1@1180 2@1220 3@1240 0@1280');
  });

  it('hands out what the clip has of a frame', () => {
    const { clock, played } = play();
    clock.advance(0);
    expect(played).toEqual([{ data: Uint8Array.of(0), isKeyFrame: true, time: 1000 }]);
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
    expect(player.isPlaying).toBe(false);
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
    const player = new ClipPlayer(clip, clock, ({ time }) => {
      times.push(time);
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
    const player = new ClipPlayer(clip, slow, ({ time }) => times.push(time));
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
