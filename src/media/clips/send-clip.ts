/** Sends a clip as a track, from when the track is ready until it is stopped. */
import type { Clock } from '../../base/clock.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import { FramePlayer } from '../pacing/frame-player.ts';
import type { Clip } from './clip.ts';
import { ClipFrames } from './clip-frames.ts';

/** As much of a local track as it takes. */
export interface ClipTrack {
  readonly isReady: boolean;
  send(frame: LocalFrame): boolean;
  on(event: 'keyFrameRequested' | 'ready', listener: () => void): () => void;
}

export interface SentClip {
  /** Goes on at once, or begins before the track is ready. */
  start(): void;
  stop(): void;
}

/** @param began hears of each round: the timestamp of its first frame, ms of the clock */
export function sendClip(
  track: ClipTrack,
  clip: Clip,
  clock: Clock,
  began: (start: number) => void = () => {},
): SentClip {
  let timestamp = 0;
  const player = new FramePlayer(new ClipFrames(clip), {
    clock,
    send: (_, frame) => {
      timestamp = frame.timestamp;
      track.send(frame);
    },
    roundBegan: () => began(timestamp),
  });
  track.on('keyFrameRequested', () => player.requestKeyFrame());
  const ready = track.on('ready', () => sent.start());
  const sent: SentClip = {
    start() {
      ready();
      player.start();
    },
    stop() {
      ready();
      player.stop();
    },
  };
  // What is played before has no listener, and would be missing at the beginning.
  if (track.isReady) sent.start();
  return sent;
}
