import { describe, expect, it } from 'vitest';
import { unmuteOnce } from '../../../../src/media/clips/unmute-once.ts';

function rig(muted = false): { mute(by?: string): void; unmuted: number } {
  const listeners = new Set<(muted: { by?: string }) => void>();
  const track = {
    muted,
    unmuted: 0,
    mute: (by?: string) => {
      for (const listener of listeners) listener(by === undefined ? {} : { by });
    },
    on: (_: 'muted', listener: (muted: { by?: string }) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    unmute: () => {
      track.unmuted += 1;
    },
  };
  unmuteOnce(track);
  return track;
}

describe('a track that is to be heard', () => {
  it('is unmuted once, where the room mutes those who come late', () => {
    const track = rig();
    track.mute();
    expect(track.unmuted).toBe(1);
    track.mute();
    expect(track.unmuted).toBe(1);
  });

  it('is unmuted at once, where it was too late for that from the start', () => {
    const track = rig(true);
    expect(track.unmuted).toBe(1);
    track.mute();
    expect(track.unmuted).toBe(1);
  });

  it('stays muted when somebody has muted it', () => {
    const track = rig();
    track.mute('ab12');
    expect(track.unmuted).toBe(0);
  });
});
