import { describe, expect, it } from 'vitest';
import type { LocalFrame } from '../../../../src/client/media/track-types.ts';
import type { Clip } from '../../../../src/media/clips/clip.ts';
import { sendClip } from '../../../../src/media/clips/send-clip.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const clip: Clip = {
  kind: 'audio',
  codec: 'opus',
  duration: 60,
  frames: [
    { data: Uint8Array.of(1), at: 0, duration: 20, keyFrame: true, audioLevel: { level: 20, voice: true } },
    { data: Uint8Array.of(2), at: 20, duration: 20, keyFrame: false },
    { data: Uint8Array.of(3), at: 40, duration: 20, keyFrame: true },
  ],
};

describe('a clip that is sent', () => {
  it('becomes frames of the track, and answers when a key frame is asked for', () => {
    const clock = new ManualClock(500);
    const frames: LocalFrame[] = [];
    let ask = (): void => {};
    const track = {
      isReady: true,
      send: (frame: LocalFrame) => frames.push(frame) > 0,
      on: (event: 'keyFrameRequested' | 'ready', listener: () => void) => {
        if (event === 'keyFrameRequested') ask = listener;
        return () => {};
      },
    };
    const rounds: number[] = [];
    const player = sendClip(track, clip, clock, (start) => rounds.push(start));
    clock.advance(0);
    ask();
    clock.advance(20);
    expect(rounds).toEqual([500]);
    player.stop();
    clock.advance(100);
    expect(frames).toEqual([
      { data: Uint8Array.of(1), timestamp: 500, keyFrame: true, audioLevel: { level: 20, voice: true } },
      { data: Uint8Array.of(3), timestamp: 520, keyFrame: true },
    ]);
  });

  it('tells when each round begins', () => {
    const clock = new ManualClock(500);
    const rounds: number[] = [];
    const track = { isReady: true, send: () => true, on: () => () => {} };
    const player = sendClip(track, clip, clock, (start) => rounds.push(start));
    clock.advance(130);
    player.stop();
    expect(rounds).toEqual([500, 560, 620]);
  });

  it('begins when the track is ready, unless it was stopped before', () => {
    const clock = new ManualClock(500);
    const times: number[] = [];
    const listeners = new Set<() => void>();
    const track = {
      isReady: false,
      send: ({ timestamp }: LocalFrame) => times.push(timestamp) > 0,
      on: (event: 'keyFrameRequested' | 'ready', listener: () => void) => {
        if (event === 'ready') listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const player = sendClip(track, clip, clock);
    sendClip(track, clip, clock).stop();
    clock.advance(1_000);
    expect(times).toEqual([]);
    for (const listener of listeners) listener();
    clock.advance(20);
    player.stop();
    expect(times).toEqual([1_500, 1_520]);
    expect(listeners.size).toBe(0);
  });
});
